import { definedKind } from "./kind-scopes.ts";
import { type Manifest, manifestOf, withMetadata } from "./manifest.ts";
import { formatGroupKind, type GroupKind } from "./resource-key.ts";
import { isSameWave } from "./run-wave.ts";
import type { SyncTask } from "./sync-task.ts";

type WriteTask = Extract<SyncTask, { action: "create" | "update" }>;

/** What a dry run is asked of a task, so that it is judged as the sync would meet it. */
export interface Trial {
  readonly task: WriteTask;
  readonly target: Manifest;
  /** The server's words, about the object that was meant. */
  readonly inWords: (message: string) => string;
}

/** What can be tried of a plan before its first write, and what cannot. */
export interface Trials {
  readonly trials: readonly Trial[];
  /** Kinds whose definition this very sync writes: the server would judge them by the one it has. */
  readonly untried: readonly WriteTask[];
}

/**
 * Which writes of a plan may be tried. Hooks and what is made anew are tried under another name, for what has theirs now
 * is deleted first: a migration Job with another image is no change of an immutable field.
 */
export function trialsOf(tasks: readonly SyncTask[]): Trials {
  const writes = tasks.filter(isWrite);
  const defined = new Set(
    writes.flatMap(({ target }) => {
      const kind = definedKind(target.object);
      return kind === undefined ? [] : [formatGroupKind(kind)];
    }),
  );
  const isTriable = ({ key }: WriteTask): boolean => !defined.has(formatGroupKind(key)) && key.name !== "";
  return {
    trials: writes.filter(isTriable).flatMap((task) => trialOf(task) ?? []),
    untried: writes.filter((task) => !isTriable(task)),
  };
}

/**
 * Whether a sync goes by steps, so that a refusal in a later one comes when earlier ones, such as a migration, cannot be
 * had back. A namespace created first is no such step.
 */
export function isStaged(tasks: readonly SyncTask[]): boolean {
  const writes = tasks.filter(
    (task) =>
      isWrite(task) && task.phase !== "SyncFail" && !(task.phase === "PreSync" && isNamespace(task.key)),
  );
  const [first] = writes;
  return first !== undefined && writes.some((task) => task.hook !== undefined || !isSameWave(task, first));
}

function isWrite(task: SyncTask): task is WriteTask {
  return task.action === "create" || task.action === "update";
}

function trialOf(task: WriteTask): Trial | undefined {
  const { target } = task;
  const { name } = target.key;
  if (!isMadeAnew(task)) return { task, target, inWords: (message) => message };
  if (HAS_ITS_OWN_NAME.has(formatGroupKind(target.key))) return undefined;
  const trialName = `${name.slice(0, NAME_CHARS_MAX - SUFFIX.length).replace(/[^a-z0-9]+$/i, "")}${SUFFIX}`;
  return {
    task,
    target: manifestOf(withMetadata(target.object, { name: trialName })),
    inWords: (message) => message.replaceAll(trialName, name),
  };
}

function isMadeAnew({ hook, apply, action }: WriteTask): boolean {
  if (hook !== undefined) return true;
  return action === "update" && (apply.method === "recreate" || apply.fallback === "recreate");
}

const SUFFIX = "-trial";
/** Names of Jobs are values of labels as well. */
const NAME_CHARS_MAX = 63;

/** Kinds whose objects are not what they are under another name: their name, address or ports are taken. */
const HAS_ITS_OWN_NAME: ReadonlySet<string> = new Set([
  "APIService.apiregistration.k8s.io",
  "CustomResourceDefinition.apiextensions.k8s.io",
  "Namespace",
  "Service",
]);

function isNamespace({ group, kind }: GroupKind): boolean {
  return group === "" && kind === "Namespace";
}
