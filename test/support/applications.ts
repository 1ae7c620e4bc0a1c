import type { Application } from "../../src/domain/application.ts";
import { type ComparisonInput, compareApplication } from "../../src/domain/compare-application.ts";
import type { Comparison } from "../../src/domain/comparison.ts";
import { DEFAULT_SETTINGS } from "../../src/domain/control-plane-settings.ts";
import { builtInScopeOf, type ScopeOf } from "../../src/domain/kind-scopes.ts";
import type { SyncPlan, SyncPlanInput } from "../../src/domain/sync-plan.ts";
import { planSync } from "../../src/domain/sync-plan.ts";
import type { SyncTask } from "../../src/domain/sync-task.ts";
import { lives, targets } from "./manifests.ts";

/** An Application named `shop`, to namespace `shop` of the cluster `https://kube.test`, with nothing special about it. */
export function application(overrides: Partial<Application> = {}): Application {
  return {
    namespace: "argocd",
    name: "shop",
    instanceName: "shop",
    project: "default",
    sources: [
      {
        repoURL: "https://github.com/acme/shop",
        path: "deploy",
        chart: "",
        targetRevision: "main",
        ref: "",
        name: "",
      },
    ],
    isMultiSource: false,
    destination: { server: "https://kube.test", name: "", namespace: "shop" },
    syncPolicy: { syncOptions: [] },
    ignoreDifferences: [],
    info: [],
    revisionHistoryLimit: 10,
    labels: {},
    annotations: {},
    finalizers: [],
    previewOnly: [],
    warnings: [],
    ...overrides,
  };
}

/** Kubernetes' own kinds, and `Widget` of `example.com`, namespaced. */
export const scopeOf: ScopeOf = (kind) =>
  kind.group === "example.com" && kind.kind === "Widget" ? "Namespaced" : builtInScopeOf(kind);

/** Compares objects in the shorthand of `manifests.ts`. */
export function compare(target: string, live: string, overrides: Partial<ComparisonInput> = {}): Comparison {
  return compareApplication({
    application: application(),
    targets: targets(target),
    live: { objects: lives(live), staleKinds: [] },
    scopeOf,
    settings: DEFAULT_SETTINGS,
    isPermitted: () => true,
    assess: () => undefined,
    ...overrides,
  });
}

export interface PlanScenario {
  readonly target: string;
  readonly live?: string;
  readonly prune?: boolean;
  readonly options?: readonly string[];
  readonly input?: Partial<SyncPlanInput>;
  readonly application?: Partial<Application>;
}

/** Plans a sync of objects in shorthand; pruning is on unless the scenario says no. */
export function plan(scenario: PlanScenario): SyncPlan {
  const { target, live = "", prune = true, options = [] } = scenario;
  const planned = application({ syncPolicy: { syncOptions: options }, ...scenario.application });
  return planSync({
    application: planned,
    comparison: compare(target, live, { application: planned }),
    targetDigest: "digest",
    request: { prune, confirm: "", resources: [] },
    cluster: cluster(),
    judge: () => undefined,
    lastSyncedCount: undefined,
    operation: { revision: "abcdef0123456789", startedAt: 1_700_000_000_000 },
    ...scenario.input,
  });
}

export function cluster(overrides: Partial<SyncPlanInput["cluster"]> = {}): SyncPlanInput["cluster"] {
  return {
    namespaces: [],
    clusterResources: false,
    scopeOf,
    serves: (apiVersion, kind) => scopeOf({ group: apiVersion.split("/").at(-2) ?? "", kind }) !== undefined,
    namespace: undefined,
    staleKinds: [],
    identity: "same",
    ...overrides,
  };
}

/** `create Deployment/web`, `skip Secret/db: PruneDisabled`: one task a phrase, in execution order. */
export function showTasks(tasks: readonly SyncTask[]): string {
  return tasks.map(showTask).join(", ");
}

/** The same with phase and wave where they are not `Sync` and 0: `PreSync/-1 create Job/migrate`. */
export function showPlaces(tasks: readonly SyncTask[]): string {
  return tasks.map((task) => `${task.phase}/${task.wave} ${showTask(task)}`).join(", ");
}

function showTask(task: SyncTask): string {
  const { kind, name } = task.key;
  return `${task.action} ${kind}/${name}${task.action === "skip" ? `: ${task.reason}` : ""}`;
}

/** `web OutOfSync /spec/content, old OutOfSync (prune)`: what a comparison found, one object a phrase. */
export function showComparison({ resources }: Pick<Comparison, "resources">): string {
  return resources
    .map(({ key, status, differingFields, requiresPruning }) => {
      const prune = requiresPruning ? " (prune)" : "";
      const fields = differingFields.length === 0 ? "" : ` ${differingFields.join(" ")}`;
      return `${key.name} ${status ?? "-"}${fields}${prune}`;
    })
    .join(", ");
}
