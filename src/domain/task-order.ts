import { compareText } from "./compare-text.ts";
import { compareKinds } from "./kind-order.ts";
import { definedKind } from "./kind-scopes.ts";
import { formatGroupKind } from "./resource-key.ts";
import { resourceSyncOptions, syncOption } from "./sync-options.ts";
import { SYNC_PHASES, type SyncTask } from "./sync-task.ts";

/**
 * Puts tasks into the order they are carried out in (argocd-behaviour §6.3): phase, wave, prunes before all else of
 * their wave, kind, name. Prunes run in mirrored waves, or last; a Namespace or CRD that an earlier task needs comes
 * just before it, in its phase and wave. Takes n·log n.
 */
export function orderTasks(
  tasks: readonly SyncTask[],
  { destinationNamespace, syncOptions }: TaskOrderOptions,
): readonly SyncTask[] {
  const placed = withPruneLast(withMirroredWaves(tasks), syncOptions);
  const sorted = placed.toSorted(compareTasks);
  return lift(lift(sorted, namespaceDependency(destinationNamespace)), DEFINITION_DEPENDENCY);
}

export interface TaskOrderOptions {
  readonly destinationNamespace: string;
  readonly syncOptions: readonly string[];
}

/** Whether a task is about removing an object, be it withheld or not. */
export function isPrune(task: SyncTask): boolean {
  return task.action === "prune" || (task.action === "skip" && task.target === undefined);
}

/** Left out of the sync by the user or by its kind: it has no place in the order of waves. */
function isLeftOut(task: SyncTask): boolean {
  return task.action === "skip" && (task.reason === "NotSelected" || task.reason === "HookSkipped");
}

function compareTasks(a: SyncTask, b: SyncTask): number {
  return (
    SYNC_PHASES.indexOf(a.phase) - SYNC_PHASES.indexOf(b.phase) ||
    a.wave - b.wave ||
    Number(isPrune(b)) - Number(isPrune(a)) ||
    compareKinds(a.key.kind, b.key.kind) ||
    compareText(a.key.name, b.key.name) ||
    compareText(a.key.namespace, b.key.namespace) ||
    compareText(a.key.group, b.key.group) ||
    compareText(a.key.kind, b.key.kind)
  );
}

/** What was created last goes first: the lowest of the prunes' waves swaps with the highest, and so on inwards. */
function withMirroredWaves(tasks: readonly SyncTask[]): readonly SyncTask[] {
  const pruned = tasks.filter((task) => isPrune(task) && !isLeftOut(task));
  const waves = [...new Set(pruned.map(({ wave }) => wave))].sort((a, b) => a - b);
  const mirrored = new Map(waves.map((wave, index) => [wave, waves.at(-1 - index) ?? wave]));
  const moved = new Set(pruned);
  return tasks.map((task) =>
    moved.has(task) ? { ...task, wave: mirrored.get(task.wave) ?? task.wave } : task,
  );
}

/** `PruneLast=true`: after everything else of phase Sync. */
function withPruneLast(tasks: readonly SyncTask[], syncOptions: readonly string[]): readonly SyncTask[] {
  const goesLast = (task: SyncTask) =>
    isPrune(task) &&
    "live" in task &&
    task.live !== undefined &&
    syncOption("PruneLast", resourceSyncOptions(task.live), syncOptions) === "true";
  if (!tasks.some(goesLast)) return tasks;
  const waves = tasks.filter((task) => task.phase === "Sync" && !isLeftOut(task)).map(({ wave }) => wave);
  const last = waves.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY) + 1;
  return tasks.map((task) => (goesLast(task) ? { ...task, wave: last } : task));
}

/** How tasks need each other: the name of what a task provides, and of what it needs. */
interface Dependency {
  readonly provides: (task: SyncTask) => string | undefined;
  readonly needs: (task: SyncTask) => string | undefined;
}

/** Cluster-scoped objects count as living in the destination's namespace, as they do in Argo CD. */
function namespaceDependency(destinationNamespace: string): Dependency {
  return {
    provides: ({ key }) => (key.group === "" && key.kind === "Namespace" ? key.name : undefined),
    needs: ({ key }) => (key.namespace === "" ? destinationNamespace : key.namespace),
  };
}

const DEFINITION_DEPENDENCY: Dependency = {
  provides: (task) => {
    const kind = "target" in task && task.target !== undefined ? definedKind(task.target.object) : undefined;
    return kind && formatGroupKind(kind);
  },
  needs: ({ key }) => formatGroupKind(key),
};

/** Moves what is needed just before the first task that needs it, where that one comes earlier. */
function lift(tasks: readonly SyncTask[], { provides, needs }: Dependency): readonly SyncTask[] {
  const firstNeeding = new Map<string, SyncTask>();
  const liftedBefore = new Map<SyncTask, SyncTask[]>();
  const lifted = new Set<SyncTask>();
  for (const task of tasks) {
    if (isPrune(task) || isLeftOut(task)) continue;
    const provided = provides(task);
    if (provided === undefined) {
      const needed = needs(task);
      if (needed !== undefined && !firstNeeding.has(needed)) firstNeeding.set(needed, task);
      continue;
    }
    const before = firstNeeding.get(provided);
    if (before === undefined) continue;
    lifted.add(task);
    const others = liftedBefore.get(before) ?? [];
    liftedBefore.set(before, [...others, { ...task, phase: before.phase, wave: before.wave }]);
  }
  if (lifted.size === 0) return tasks;
  return tasks
    .filter((task) => !lifted.has(task))
    .flatMap((task) => [...(liftedBefore.get(task) ?? []), task]);
}
