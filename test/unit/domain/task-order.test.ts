import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { compareKinds } from "../../../src/domain/kind-order.ts";
import { parseResourceSelector } from "../../../src/domain/resource-selector.ts";
import { SYNC_PHASES } from "../../../src/domain/sync-task.ts";
import { isPrune } from "../../../src/domain/task-order.ts";
import { cluster, plan, showPlaces } from "../../support/applications.ts";

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

describe("what has a place in the order", () => {
  const selected = (text: string) => {
    const result = parseResourceSelector(text);
    if (result.kind === "problem") throw new Error(result.problem);
    return { request: { prune: true, confirm: "", resources: [result.selector] } };
  };

  it.for([
    {
      name: "a prune that is not selected mirrors no waves",
      scenario: {
        target: "ConfigMap/a",
        live: "Secret/x{wave:1} Secret/y{wave:2} Role/z{wave:5}",
        input: selected(":Secret:*"),
      },
      places:
        "Sync/0 skip ConfigMap/a: NotSelected, Sync/1 prune Secret/y, Sync/2 prune Secret/x, Sync/5 skip Role/z: NotSelected",
    },
    {
      name: "an object that is not selected lifts no Namespace",
      scenario: {
        target: "Namespace/shop{wave:3} ConfigMap/a{wave:1} Secret/s{wave:2}",
        input: selected("!:ConfigMap:a"),
      },
      places: "Sync/1 skip ConfigMap/a: NotSelected, Sync/2 create Namespace/shop, Sync/2 create Secret/s",
    },
    {
      name: "a hook that is not run lifts no Namespace",
      scenario: { target: "Namespace/shop ConfigMap/a Job/h{hook:PreSync}", input: selected("*:*:*") },
      places: "PreSync/0 skip Job/h: HookSkipped, Sync/0 create Namespace/shop, Sync/0 create ConfigMap/a",
    },
    {
      name: "hooks of other phases and what is not selected make no prune later",
      scenario: {
        target: "ConfigMap/a{wave:2} ConfigMap/b{wave:8} Job/h{hook:PostSync,wave:9}",
        live: "Secret/x",
        options: ["PruneLast=true"],
        input: selected("!:ConfigMap:b"),
      },
      places:
        "Sync/2 create ConfigMap/a, Sync/3 prune Secret/x, Sync/8 skip ConfigMap/b: NotSelected, PostSync/9 skip Job/h: HookSkipped",
    },
    {
      name: "a foreign kind called Namespace is none",
      scenario: {
        target: "Namespace/shop{api:example.com/v1,wave:2} ConfigMap/a{wave:1}",
        input: { cluster: cluster({ serves: () => true }) },
      },
      places: "Sync/1 create ConfigMap/a, Sync/2 create Namespace/shop",
    },
    {
      name: "a Namespace that is pruned is nobody's",
      scenario: { target: "ConfigMap/a{wave:-1}", live: "Namespace/shop" },
      places: "Sync/-1 create ConfigMap/a, Sync/0 skip Namespace/shop: ProtectedKind",
    },
    {
      name: "a Namespace needed several times is lifted once, to the first",
      scenario: { target: "Namespace/shop{wave:5} ConfigMap/a{wave:1} ConfigMap/b{wave:2}" },
      places: "Sync/1 create Namespace/shop, Sync/1 create ConfigMap/a, Sync/2 create ConfigMap/b",
    },
  ])("$name", ({ scenario, places }) => {
    expect(showPlaces(plan(scenario).tasks)).toBe(places);
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
