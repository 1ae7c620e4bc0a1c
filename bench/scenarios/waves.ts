import { type Scenario, seconds, times } from "../scenario.ts";
import { application, configMap } from "../support/corpus.ts";
import { kubectlApply } from "../support/kubectl-apply.ts";
import { median } from "../support/measure.ts";
import { startPlumbline } from "../support/plumbline.ts";

const WAVES = 10;
const REPEATS = 3;

/** Ten waves of one ConfigMap each: nothing slow to wait for, so that only what waves themselves cost is left. */
export const waves: Scenario = {
  id: "e",
  async run(facilities) {
    const { kubeconfig } = await facilities.cluster();
    const all = Array.from({ length: WAVES }, (_, wave) => configMap(`wave-${wave}`, wave));
    const plumbline = await startPlumbline({
      cluster: { kubeconfig },
      files: { "waves/all.yaml": all.join("---\n"), "before/one.yaml": configMap("before") },
      define: (repoURL) => ({
        "before.yaml": application({ name: "before", path: "before", namespace: "waves-before", repoURL }),
      }),
    });
    try {
      await plumbline.arrived({ names: ["before"] });
      const taken: number[] = [];
      for (let repeat = 0; repeat < REPEATS; repeat += 1) {
        const name = `waves-${repeat}`;
        const started = Date.now();
        const text = application({ name, path: "waves", namespace: name, repoURL: plumbline.cloneUrl });
        await plumbline.define({ [`${name}.yaml`]: text });
        taken.push((await plumbline.arrived({ names: [name] })) - started);
      }
      const ours = median(taken);
      const theirs = await kubectlApply(
        facilities,
        all.map((text) => text.replace("metadata:\n", "metadata:\n  namespace: waves-before\n")),
      );
      return [
        {
          what: "ten waves of one ConfigMap, Application created → Synced and Healthy",
          ours: seconds(ours),
          against: `\`kubectl apply --server-side\`, a wave at a time: ${seconds(theirs)}`,
          ratio: times(theirs, ours),
          target: "≤ 1.5 s",
        },
      ];
    } finally {
      await plumbline.close();
    }
  },
};
