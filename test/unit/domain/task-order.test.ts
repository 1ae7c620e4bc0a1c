import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { compareKinds } from "../../../src/domain/kind-order.ts";
import { SYNC_PHASES } from "../../../src/domain/sync-task.ts";
import { isPrune } from "../../../src/domain/task-order.ts";
import { plan } from "../../support/applications.ts";

describe("orderTasks", () => {
  const kind = fc.constantFrom("ConfigMap", "Deployment", "Job", "Namespace", "Widget", "Secret");
  const wave = fc.integer({ min: -2, max: 2 });
  const hook = fc.constantFrom("", ",hook:PreSync", ",hook:PostSync", ",hook:SyncFail");
  const objects = fc.array(fc.tuple(kind, wave, hook), { maxLength: 12 });
  const text = (list: readonly (readonly [string, number, string])[], prefix: string) =>
    list.map(([name, number, role], index) => `${name}/${prefix}${index}{wave:${number}${role}}`).join(" ");

  it("keeps phases, then waves, whatever is lifted; prunes first in each; no task lost or doubled", () => {
    fc.assert(
      fc.property(objects, objects, (wanted, extra) => {
        const { tasks } = plan({ target: text(wanted, "t"), live: text(extra, "l") });
        for (const [index, task] of tasks.entries()) {
          const next = tasks[index + 1];
          if (next === undefined) continue;
          const phases = SYNC_PHASES.indexOf(task.phase) - SYNC_PHASES.indexOf(next.phase);
          expect(phases).toBeLessThanOrEqual(0);
          if (phases === 0) expect(task.wave).toBeLessThanOrEqual(next.wave);
          if (phases === 0 && task.wave === next.wave)
            expect(Number(isPrune(next))).toBeLessThanOrEqual(Number(isPrune(task)));
        }
        const names = tasks.map(({ phase, key }) => `${phase} ${key.kind} ${key.name}`);
        expect(new Set(names).size).toBe(names.length);
        expect(tasks.filter((task) => !isPrune(task))).toHaveLength(wanted.length);
      }),
    );
  });

  it("gives equal plans for equal inputs in another order", () => {
    fc.assert(
      fc.property(objects, (wanted) => {
        const tokens = text(wanted, "t").split(" ");
        const shown = (list: readonly string[]) =>
          plan({ target: list.join(" ") }).tasks.map(
            ({ key, phase, wave: at }) => `${phase}/${at} ${key.kind} ${key.name}`,
          );
        expect(shown(tokens.toReversed())).toEqual(shown(tokens));
      }),
    );
  });
});

describe("compareKinds", () => {
  it.for([
    ["Namespace", "ConfigMap"],
    ["Secret", "ConfigMap"],
    ["ConfigMap", "CustomResourceDefinition"],
    ["CustomResourceDefinition", "ClusterRole"],
    ["Service", "Deployment"],
    ["Deployment", "HorizontalPodAutoscaler"],
    ["StatefulSet", "Job"],
    ["Ingress", "APIService"],
    ["APIService", "Widget"],
  ])("%s comes before %s", ([first = "", second = ""]) => {
    expect(compareKinds(first, second)).toBeLessThan(0);
    expect(compareKinds(second, first)).toBeGreaterThan(0);
  });

  it("does not order what it does not know", () => {
    expect(compareKinds("Widget", "Gadget")).toBe(0);
  });
});
