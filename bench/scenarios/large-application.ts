import { type Scenario, seconds, times } from "../scenario.ts";
import { application, configMap, nameOf } from "../support/corpus.ts";
import { kubectlApply } from "../support/kubectl-apply.ts";
import { startPlumbline } from "../support/plumbline.ts";

const OBJECTS = 1_000;

/** One Application of a thousand objects. */
export const largeApplication: Scenario = {
  id: "f",
  async run(facilities) {
    const { kubeconfig } = await facilities.cluster();
    const all = Array.from({ length: OBJECTS }, (_, index) => configMap(nameOf(index, "large"))).join(
      "---\n",
    );
    const plumbline = await startPlumbline({
      cluster: { kubeconfig },
      files: { "large/all.yaml": all, "small/one.yaml": configMap("small") },
      define: (repoURL) => ({
        "small.yaml": application({ name: "small", path: "small", namespace: "large-peer", repoURL }),
      }),
    });
    try {
      await plumbline.arrived({ names: ["small"] });
      const started = Date.now();
      const text = application({
        name: "large",
        path: "large",
        namespace: "large",
        repoURL: plumbline.cloneUrl,
      });
      await plumbline.define({ "large.yaml": text });
      const ours = (await plumbline.arrived({ names: ["large"] })) - started;
      const { delayP99Ms, delayMaxMs } = await plumbline.ask({ kind: "counts" });
      const theirs = await kubectlApply(facilities, [
        all.replaceAll("metadata:\n", "metadata:\n  namespace: large-peer\n"),
      ]);
      return [
        {
          what: `one Application of ${OBJECTS.toLocaleString("en")} ConfigMaps, created → Synced and Healthy`,
          ours: seconds(ours),
          against: `one \`kubectl apply --server-side\`: ${seconds(theirs)}`,
          ratio: times(theirs, ours),
          target: "≤ 2.5 s",
        },
        {
          what: "event loop delay meanwhile, p99 (max)",
          ours: `${delayP99Ms.toFixed(0)} ms (${delayMaxMs.toFixed(0)} ms)`,
          against: "",
          ratio: "",
          target: "≤ 20 ms",
        },
      ];
    } finally {
      await plumbline.close();
    }
  },
};
