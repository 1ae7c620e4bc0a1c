import { describe, expect, it } from "vitest";

import { decideAutoSync } from "../../../src/domain/auto-sync.ts";
import type { ComparedResource } from "../../../src/domain/comparison.ts";
import {
  aboutToBeContested,
  CONTESTED_DELAY_MS,
  describeContested,
  type Heals,
  isContested,
  otherManagerOf,
  withHealed,
  withOther,
} from "../../../src/domain/contested.ts";
import type { JsonValue } from "../../../src/domain/json.ts";
import { liveManifestOf } from "../../../src/domain/manifest.ts";
import { application, compare } from "../../support/applications.ts";
import { operation } from "../../support/operations.ts";

const NOW = 1_700_000_000_000;

interface Change {
  readonly managers?: readonly (readonly [manager: string, fields: JsonValue, time?: string])[];
  readonly field?: string;
  readonly live?: "none";
  readonly requiresPruning?: boolean;
  readonly name?: string;
}

function resource({
  managers = [],
  field,
  live,
  requiresPruning = false,
  name = "a",
}: Change = {}): ComparedResource {
  const managedFields = managers.map(([manager, fieldsV1, time = "2026-01-01T00:00:00Z"]) => ({
    manager,
    operation: "Update",
    time,
    fieldsV1,
  }));
  const object = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace: "shop", uid: "u", managedFields },
  };
  const key = { group: "", kind: "ConfigMap", namespace: "shop", name };
  return {
    key,
    ...(live === "none" ? {} : { live: liveManifestOf(object) }),
    status: "OutOfSync",
    differingFields: field === undefined ? [] : [field],
    requiresPruning,
    isHook: false,
    undecided: false,
    ownsTarget: false,
  };
}

const VALUE = { "f:data": { "f:value": {} } };
const OTHER = { "f:data": { "f:other": {} } };

describe("describeContested", () => {
  it.for<readonly [string, Change, string]>([
    [
      "the manager of the very field",
      {
        field: "/data/value",
        managers: [
          ["near", OTHER],
          ["robot", VALUE],
          ["argocd-controller", VALUE],
        ],
      },
      "`robot` changes `/data/value` of ConfigMap shop/a each time",
    ],
    [
      "of two, the one that wrote last",
      {
        field: "/data/value",
        managers: [
          ["late", VALUE, "2026-01-02T00:00:00Z"],
          ["early", VALUE],
        ],
      },
      "`late` changes",
    ],
    [
      "nobody, where only we wrote",
      { field: "/data/value", managers: [["argocd-controller", VALUE]] },
      "somebody changes",
    ],
    ["an object that is deleted", { live: "none" }, "somebody deletes ConfigMap shop/a each time"],
    [
      "an object that comes back",
      { requiresPruning: true, managers: [["robot", VALUE]] },
      "`robot` makes ConfigMap shop/a again each time",
    ],
    [
      "a manager's backticks as what they are",
      { managers: [["a`b", VALUE]] },
      "`a'b` changes ConfigMap shop/a",
    ],
  ])("T290 names %s", ([, change, words]) => {
    const contested = resource(change);
    const healed = withHealed(undefined, [contested], NOW);
    const by = contested.live && otherManagerOf(contested.live, change.field ?? "");
    const heals = by === undefined ? healed : withOther(healed, contested, by);
    expect(describeContested([contested], heals)).toContain(words);
  });

  it("T290 counts those it does not name", () => {
    const contested = [resource(), resource({ name: "b" }), resource({ name: "c" })];
    expect(describeContested(contested, undefined)).toContain("2 more");
  });
});

describe("withHealed", () => {
  const selector = ":ConfigMap:shop/a";
  const healedTimes = (times: number, agoMs = 0): Heals => ({ [selector]: { times, lastAt: NOW - agoMs } });

  it("T290 takes an object for contested that was healed three times in a row", () => {
    expect([2, 3].map((times) => isContested(resource(), healedTimes(times), NOW))).toEqual([false, true]);
    expect(isContested(resource({ name: "b" }), healedTimes(3), NOW)).toBe(false);
    expect(isContested(resource(), undefined, NOW)).toBe(false);
  });

  it("T290 counts on, object by object, and forgets what was calm for long", () => {
    const before = {
      ...healedTimes(2),
      ":ConfigMap:shop/old": { times: 3, lastAt: NOW - 3 * CONTESTED_DELAY_MS },
    };
    expect(withHealed(before, [resource(), resource({ name: "b" })], NOW)).toEqual({
      [selector]: { times: 3, lastAt: NOW },
      ":ConfigMap:shop/b": { times: 1, lastAt: NOW },
    });
    expect(isContested(resource(), healedTimes(3, 3 * CONTESTED_DELAY_MS), NOW)).toBe(false);
  });
});

describe("aboutToBeContested", () => {
  it("T290 holds what exists and is healed for the third time", () => {
    const heals = withHealed(
      { ":ConfigMap:shop/a": { times: 2, lastAt: NOW } },
      [resource(), resource({ name: "b" })],
      NOW,
    );
    const names = (healed: readonly ComparedResource[]) =>
      aboutToBeContested(healed, heals).map(({ key }) => key.name);
    expect(names([resource(), resource({ name: "b" })])).toEqual(["a"]);
    expect(names([resource({ live: "none" })])).toEqual([]);
  });
});

describe("decideAutoSync", () => {
  function decide(live: string, { heals, agoMs }: { readonly heals: Heals; readonly agoMs: number }) {
    const times = { startedAt: NOW - agoMs - 1_000, finishedAt: NOW - agoMs };
    const last = operation({ phase: "Succeeded", ...times }, { prune: true, selfHealAttempts: 3, heals });
    return decideAutoSync({
      application: application({
        syncPolicy: { syncOptions: [], automated: { prune: true, selfHeal: true, allowEmpty: false } },
      }),
      comparison: compare("ConfigMap/a=2 ConfigMap/b=2", live),
      revisions: ["sha1"],
      last,
      isLiveStateFresh: true,
      freeze: "",
      now: NOW,
    });
  }
  const heals: Heals = { ":ConfigMap:shop/a": { times: 3, lastAt: NOW - 60_000 } };

  it("T290 leaves alone for long what is contested, and says so", () => {
    expect(decide("ConfigMap/a ConfigMap/b=2", { heals, agoMs: 60_000 })).toEqual({
      kind: "wait",
      waitMs: CONTESTED_DELAY_MS - 60_000,
      message: expect.stringContaining("ConfigMap shop/a") as string,
    });
  });

  it("T290 tries again after that, and counts it", () => {
    expect(decide("ConfigMap/a ConfigMap/b=2", { heals, agoMs: CONTESTED_DELAY_MS })).toMatchObject({
      kind: "sync",
      resources: [":ConfigMap:shop/a"],
      heals: { ":ConfigMap:shop/a": { times: 4 } },
    });
  });

  it("T290 heals the others meanwhile, at their own pace", () => {
    expect(decide("ConfigMap/a ConfigMap/b", { heals, agoMs: 60_000 })).toMatchObject({
      kind: "sync",
      resources: [":ConfigMap:shop/b"],
      heals: { ":ConfigMap:shop/a": { times: 3 }, ":ConfigMap:shop/b": { times: 1 } },
    });
    expect(decide("ConfigMap/a ConfigMap/b", { heals, agoMs: 1_000 })).toMatchObject({
      kind: "wait",
      waitMs: 17_000,
    });
  });
});
