import { type Scenario, seconds, times } from "../scenario.ts";
import { type BareApplication, bareApplies } from "../support/bare-applies.ts";
import { application, configMap, nameOf } from "../support/corpus.ts";
import { kubectlApply } from "../support/kubectl-apply.ts";
import { delayRow, startPlumbline } from "../support/plumbline.ts";

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
      await plumbline.warm();
      await plumbline.counts();
      const started = Date.now();
      const text = application({
        name: "large",
        path: "large",
        namespace: "large",
        repoURL: plumbline.cloneUrl,
      });
      await plumbline.define({ "large.yaml": text });
      const ours = (await plumbline.arrived({ names: ["large"] })) - started;
      const counts = await plumbline.counts();
      const theirs = await kubectlApply(facilities, [
        all.replaceAll("metadata:\n", "metadata:\n  namespace: large-peer\n"),
      ]);
      const floor = await bareApplies(await facilities.cluster(), bareConfigMaps());
      return [
        {
          what: `one Application of ${OBJECTS.toLocaleString("en")} ConfigMaps, created → Synced and Healthy`,
          ours: seconds(ours),
          against: `one \`kubectl apply --server-side\`: ${seconds(theirs)}`,
          ratio: times(theirs, ours),
          target: "≤ 2.5 s",
        },
        {
          what: "the same, against the floor",
          ours: seconds(ours),
          against: `the same objects as bare requests, 32 at a time: ${seconds(floor)}`,
          ratio: times(floor, ours),
          target: "",
        },
        delayRow(counts),
      ];
    } finally {
      await plumbline.close();
    }
  },
};

function bareConfigMaps(): readonly BareApplication[] {
  return Array.from({ length: OBJECTS }, (_, index) => {
    const name = nameOf(index, "floor");
    const metadata = { name, namespace: "large-peer" };
    const body = JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata, data: { value: "one" } });
    return { namespace: "large-peer", objects: [[`/api/v1/namespaces/large-peer/configmaps/${name}`, body]] };
  });
}
