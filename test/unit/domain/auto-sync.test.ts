import { describe, expect, it } from "vitest";

import type { AutomatedPolicy } from "../../../src/domain/application.ts";
import {
  type AutoSyncInput,
  decideAutoSync,
  definitionKeyOf,
  selfHealDelayMs,
} from "../../../src/domain/auto-sync.ts";
import { objectAt } from "../../../src/domain/json.ts";
import { liveManifestOf, withMetadata } from "../../../src/domain/manifest.ts";
import type { Operation } from "../../../src/domain/operation.ts";
import { application, compare } from "../../support/applications.ts";
import { lives } from "../../support/manifests.ts";
import { operation } from "../../support/operations.ts";

const NOW = 1_000_000;

function synced(changes: Partial<Operation> = {}, request: Partial<Operation["request"]> = {}): Operation {
  const times = { startedAt: NOW - 60_000, finishedAt: NOW - 50_000 };
  return operation({ phase: "Succeeded", ...times, ...changes }, { prune: true, ...request });
}

/** What a guard withheld from a sync that went well otherwise. */
const WITHHELD = {
  task: "Sync apps/StatefulSet:shop/a",
  phase: "Sync",
  status: "PruneSkipped",
  message: "",
  uid: "",
} as const;

interface Scenario {
  readonly policy?: string;
  readonly target?: string;
  readonly live?: string;
  readonly last?: Operation;
  readonly input?: Partial<AutoSyncInput>;
}

/** Words of `policy`: off, prune, selfHeal, allowEmpty. */
function decide({ policy = "prune", target = "ConfigMap/a=2", live = "ConfigMap/a", last, input }: Scenario) {
  const words = policy.split(" ");
  const automated: AutomatedPolicy = {
    prune: words.includes("prune"),
    selfHeal: words.includes("selfHeal"),
    allowEmpty: words.includes("allowEmpty"),
  };
  return decideAutoSync({
    application: application({
      syncPolicy: { syncOptions: [], ...(words.includes("off") ? {} : { automated }) },
    }),
    comparison: compare(target, live),
    revisions: ["sha1"],
    last,
    isLiveStateFresh: true,
    freeze: "",
    now: NOW,
    ...input,
  });
}

/** `sync`, `sync prune`, `heal 2 :ConfigMap:shop/a`, `wait 5000`, or the reason to skip. */
function show(scenario: Scenario): string {
  const decision = decide(scenario);
  switch (decision.kind) {
    case "skip":
      return decision.reason;
    case "wait":
      return `wait ${decision.waitMs}`;
    case "sync":
      return [
        decision.selfHealAttempts === 0 ? "sync" : `heal ${decision.selfHealAttempts}`,
        ...decision.resources,
        ...(decision.prune ? ["prune"] : []),
      ].join(" ");
  }
}

describe("decideAutoSync", () => {
  it.for<{ name: string; scenario: Scenario; is: string }>([
    { name: "a difference", scenario: {}, is: "sync prune" },
    { name: "a difference, pruning off", scenario: { policy: "" }, is: "sync" },
    { name: "no difference", scenario: { target: "ConfigMap/a" }, is: "Synced" },
    { name: "no automation", scenario: { policy: "off" }, is: "NotAutomated" },
    {
      name: "a running operation",
      scenario: { last: synced({ phase: "Running" }) },
      is: "OperationRunning",
    },
    { name: "T288 writes that are frozen", scenario: { input: { freeze: "incident" } }, is: "Frozen" },
    {
      name: "T288 writes that are frozen while an operation runs",
      scenario: { input: { freeze: "incident" }, last: synced({ phase: "Running" }) },
      is: "Frozen",
    },
    {
      name: "state that is out of date",
      scenario: { input: { isLiveStateFresh: false } },
      is: "StateUnknown",
    },
    {
      name: "state that is unknown",
      scenario: { input: { comparison: { ...compare("ConfigMap/a", ""), sync: "Unknown" } } },
      is: "StateUnknown",
    },
    {
      name: "protective fields that are not honoured",
      scenario: {
        input: {
          application: application({
            previewOnly: [{ field: "x", consequence: "y" }],
            syncPolicy: { syncOptions: [], automated: { prune: true, selfHeal: true, allowEmpty: false } },
          }),
        },
      },
      is: "PreviewOnly",
    },
    {
      name: "only prunes left, pruning off",
      scenario: { policy: "", target: "ConfigMap/b", live: "ConfigMap/a ConfigMap/b" },
      is: "OnlyPruneLeft",
    },
    {
      name: "prunes and others left, pruning off",
      scenario: { policy: "", target: "ConfigMap/b=2", live: "ConfigMap/a ConfigMap/b" },
      is: "sync",
    },
    {
      name: "everything to be pruned",
      scenario: { target: "", live: "ConfigMap/a ConfigMap/b" },
      is: "WouldWipeOut",
    },
    {
      name: "everything but hooks to be pruned",
      scenario: { target: "Job/h{hook:PreSync}", live: "ConfigMap/a" },
      is: "WouldWipeOut",
    },
    {
      name: "everything to be pruned, which is allowed",
      scenario: { policy: "prune allowEmpty", target: "", live: "ConfigMap/a" },
      is: "sync prune",
    },
    {
      name: "a revision that was never tried",
      scenario: { last: synced({}, { revisions: ["sha0"] }) },
      is: "sync prune",
    },
    {
      name: "another revision of one of several sources",
      scenario: { last: synced({}, { revisions: ["sha1", "sha2"] }) },
      is: "sync prune",
    },
    {
      name: "a revision whose sync failed",
      scenario: { last: synced({ phase: "Failed" }) },
      is: "LastAttemptFailed",
    },
    {
      name: "a revision whose sync ended in an error, with self-heal",
      scenario: { policy: "prune selfHeal", last: synced({ phase: "Error" }) },
      is: "LastAttemptFailed",
    },
    {
      name: "a failed revision of another definition",
      scenario: { last: synced({ phase: "Failed" }, { definition: "other" }) },
      is: "sync prune",
    },
    {
      name: "a failed revision of this definition",
      scenario: { last: synced({ phase: "Failed" }, { definition: definitionKeyOf(application()) }) },
      is: "LastAttemptFailed",
    },
    { name: "T292 a change by hand, self-heal off", scenario: { last: synced() }, is: "SelfHealOff" },
    {
      name: "T292 a change by hand, self-heal on",
      scenario: { policy: "prune selfHeal", last: synced() },
      is: "heal 1 :ConfigMap:shop/a prune",
    },
    {
      name: "a second change right after the first",
      scenario: { policy: "selfHeal", last: synced({ finishedAt: NOW - 500 }, { selfHealAttempts: 1 }) },
      is: "wait 1500",
    },
    {
      name: "a second change, some time after the first",
      scenario: { policy: "selfHeal", last: synced({ finishedAt: NOW - 2_000 }, { selfHealAttempts: 1 }) },
      is: "heal 2 :ConfigMap:shop/a",
    },
    {
      name: "objects that a guard withheld, self-heal on",
      scenario: {
        policy: "prune selfHeal",
        target: "ConfigMap/b",
        live: "StatefulSet/a ConfigMap/b",
        last: synced({
          results: [WITHHELD],
        }),
      },
      is: "PruneWithheld",
    },
    {
      name: "a core object, where one of another group that has its kind and name was withheld",
      scenario: {
        policy: "prune selfHeal",
        target: "ConfigMap/b",
        live: "StatefulSet/a{api:v1} ConfigMap/b",
        last: synced({ results: [WITHHELD] }),
      },
      is: "heal 1 :StatefulSet:shop/a prune",
    },
    {
      name: "some objects that a guard withheld and some that differ, self-heal on",
      scenario: {
        policy: "prune selfHeal",
        target: "ConfigMap/b=2",
        live: "StatefulSet/a ConfigMap/b",
        last: synced({
          results: [WITHHELD],
        }),
      },
      is: "heal 1 :ConfigMap:shop/b apps:StatefulSet:shop/a prune",
    },
    {
      name: "a newer revision that renders from the same inputs",
      scenario: {
        last: synced({}, { revisions: ["sha0"], inputKey: "same" }),
        input: { inputKey: "same" },
      },
      is: "SelfHealOff",
    },
    {
      name: "a newer revision that renders from others",
      scenario: {
        last: synced({}, { revisions: ["sha0"], inputKey: "before" }),
        input: { inputKey: "after" },
      },
      is: "sync prune",
    },
    {
      name: "a newer revision whose inputs are not known",
      scenario: { last: synced({}, { revisions: ["sha0"], inputKey: "" }), input: { inputKey: "" } },
      is: "sync prune",
    },
    {
      name: "objects that no guard withheld, self-heal on",
      scenario: {
        policy: "prune selfHeal",
        target: "ConfigMap/b",
        live: "ConfigMap/a ConfigMap/b",
        last: synced(),
      },
      is: "heal 1 :ConfigMap:shop/a prune",
    },
  ])("on $name: $is", ({ scenario, is }) => {
    expect(show(scenario)).toBe(is);
  });

  it("says in words why nothing happens, and nothing where nothing is to be done", () => {
    const message = (scenario: Scenario) => {
      const decision = decide(scenario);
      return decision.kind === "skip" ? decision.message : undefined;
    };
    expect(message({ policy: "off" })).toBe("waits for `/sync`");
    expect(message({ target: "ConfigMap/a" })).toBe("");
  });
});

describe("selfHealDelayMs", () => {
  it("is 2 s, three times longer each time, 300 s at most", () => {
    expect([0, 1, 2, 3, 4, 5, 6, 7, 1_000].map((attempts) => selfHealDelayMs(attempts) / 1_000)).toEqual([
      0, 2, 6, 18, 54, 162, 300, 300, 300,
    ]);
  });
});

describe("definitionKeyOf", () => {
  it("changes with what a sync depends on, and with nothing else", () => {
    const key = definitionKeyOf(application());
    expect(definitionKeyOf(application({ annotations: { a: "b" } }))).toBe(key);
    expect(definitionKeyOf(application({ syncPolicy: { syncOptions: ["CreateNamespace=true"] } }))).not.toBe(
      key,
    );
    expect(definitionKeyOf(application({ destination: { server: "", name: "x", namespace: "" } }))).not.toBe(
      key,
    );
    expect(definitionKeyOf(application({ sources: [] }))).not.toBe(key);
  });
});

describe("a namespace whose managed metadata changed", () => {
  const shop = application({
    syncPolicy: {
      syncOptions: ["CreateNamespace=true"],
      automated: { prune: false, selfHeal: true, allowEmpty: false },
      managedNamespaceMetadata: { labels: { team: "a" }, annotations: {} },
    },
  });
  const namespace = liveManifestOf({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: "shop", uid: "n", labels: { team: "z" } },
  });
  const comparison = compare("ConfigMap/a", "", {
    application: shop,
    live: { objects: [...lives("ConfigMap/a"), namespace], staleKinds: [] },
  });

  it("is healed, and nothing else", () => {
    const decision = decide({ last: synced(), input: { application: shop, comparison } });
    expect(decision).toMatchObject({ kind: "sync", resources: [":Namespace:shop"], selfHealAttempts: 1 });
  });

  it("is another definition once other metadata is wanted", () => {
    const { managedNamespaceMetadata: _, ...others } = shop.syncPolicy;
    expect(definitionKeyOf(shop)).not.toBe(definitionKeyOf({ ...shop, syncPolicy: others }));
  });
});

describe("an object whose deletion is pending", () => {
  const decideWith = (policy: string, finalizers: readonly string[], target: string) => {
    const objects = lives("ConfigMap/a ConfigMap/b").map((live) => {
      if (live.key.name !== "a") return live;
      const { object, key } = live;
      const metadata = { ...objectAt(object, "metadata"), name: key.name, finalizers };
      const deletionTimestamp = "2026-01-01T00:00:00Z";
      return { ...live, object: withMetadata({ ...object, metadata }, { deletionTimestamp }) };
    });
    const comparison = compare(target, "", { live: { objects, staleKinds: [] } });
    return decide({ policy, last: synced(), input: { comparison } });
  };

  it.for(["prune selfHeal", "prune"])("T157 is waited for, with what holds it back (%s)", (policy) => {
    expect(decideWith(policy, ["example.com/hold"], "ConfigMap/b")).toEqual({
      kind: "skip",
      reason: "DeletionPending",
      message: "waits for the deletion of ConfigMap shop/a, which `example.com/hold` holds back",
    });
  });

  it("T157 says no more than it knows", () => {
    expect(decideWith("prune selfHeal", [], "ConfigMap/b")).toMatchObject({
      message: "waits for the deletion of ConfigMap shop/a",
    });
  });

  it("T157 is not asked for again while others are healed", () => {
    expect(decideWith("prune selfHeal", ["x/y"], "ConfigMap/b=2")).toMatchObject({
      kind: "sync",
      resources: [":ConfigMap:shop/b"],
    });
  });
});
