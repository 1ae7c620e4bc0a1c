import type { Application } from "./application.ts";
import type { ComparedResource, Comparison, SyncStatus } from "./comparison.ts";
import { rollUpHealth } from "./health/roll-up.ts";
import type { Health } from "./health.ts";
import { hookOf } from "./hooks.ts";
import { type IgnoreRules, ignoredPointers, type PointersOf } from "./ignore-differences.ts";
import { valueAt } from "./json.ts";
import { parsePointer } from "./json-pointer.ts";
import type { ScopeOf } from "./kind-scopes.ts";
import type { LiveManifest, TargetManifest } from "./manifest.ts";
import { compareDestinationNamespace } from "./namespace-task.ts";
import { type CompareTarget, changedFields, compareObject } from "./object-comparison.ts";
import { formatGroupKind, formatResourceKey, type GroupKind, type ResourceKey } from "./resource-key.ts";
import { pairResources, type ResourcePair } from "./resource-pairs.ts";
import { hasCompareOption, resourceSyncOptions, syncOption } from "./sync-options.ts";
import { isSelfReferenced } from "./tracking.ts";

/** What the cluster holds of an Application, as the watches know it. */
export interface LiveSnapshot {
  /** Objects that the Application's tracking ids name, and those at its targets' keys, tracked or not. */
  readonly objects: readonly LiveManifest[];
  /** Kinds whose state may be out of date. */
  readonly staleKinds: readonly GroupKind[];
}

export interface ComparisonInput {
  readonly application: Pick<
    Application,
    "namespace" | "name" | "instanceName" | "ignoreDifferences" | "destination" | "syncPolicy"
  >;
  readonly targets: readonly TargetManifest[];
  readonly live: LiveSnapshot;
  readonly scopeOf: ScopeOf;
  readonly settings: IgnoreRules["settings"];
  /** Whether the project permits the object; live objects it does not permit look missing. */
  readonly isPermitted: (key: ResourceKey) => boolean;
  /** Default {@link compareObject}. */
  readonly compare?: CompareTarget;
  /** `undefined` where the kind has no health. */
  readonly assess: (live: LiveManifest) => Health | undefined;
}

/**
 * Says of every object whether it is as Git wants it, and how it is (argocd-behaviour §5.1). Hooks, skipped objects and
 * copies of other objects' tracking ids have no status. What comes from data that may be out of date is Unknown, never
 * Synced or Healthy.
 */
export function compareApplication(input: ComparisonInput): Comparison {
  const steps = compareInSteps(input);
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return step.value;
}

/** Objects compared at a stretch: a few milliseconds' worth. */
const STEP_OBJECTS = 100;

/** {@link compareApplication}, a stretch at a time, for whoever has other things to do in between. */
export function* compareInSteps(input: ComparisonInput): Generator<void, Comparison, void> {
  const { application, targets, live, scopeOf, settings } = input;
  const { pairs, warnings } = pairResources({
    instanceName: application.instanceName,
    targets,
    live: live.objects,
    scopeOf,
    isVisible: input.isPermitted,
  });
  const pointersOf = ignoredPointers({ application: application.ignoreDifferences, settings });
  const stale = new Set(live.staleKinds.map(formatGroupKind));
  const resources: ComparedResource[] = [];
  for (const pair of pairs) {
    const isStale = stale.has(formatGroupKind(pair.key));
    resources.push(compareResource(pair, { ...input, pointersOf, isStale }));
    if (resources.length % STEP_OBJECTS === 0) yield;
  }
  const destinationNamespace = compareDestinationNamespace(
    application,
    live.objects.find(
      ({ key }) =>
        key.group === "" && key.kind === "Namespace" && key.name === application.destination.namespace,
    ),
    targets.map(({ key }) => key),
  );
  const compared = { resources, ...(destinationNamespace === undefined ? {} : { destinationNamespace }) };
  const sync = live.staleKinds.length > 0 ? "Unknown" : rollUpSync(compared);
  return { ...compared, sync, health: rollUpHealth(application, resources), warnings };
}

/** What the server said about an undecided object. */
export interface DryRunAnswer {
  /** The object itself, complete, read in the target's API version. */
  readonly live: LiveManifest;
  /** What an apply would make of it. */
  readonly result: LiveManifest;
}

/** Decides an undecided object by what the server would make of its target. */
export function settleResource(
  resource: ComparedResource,
  { live, result }: DryRunAnswer,
  ignored: readonly string[],
): ComparedResource {
  const { target } = resource;
  if (target === undefined || resource.status === undefined) return resource;
  const maybeUnknown = new Set(resource.differingFields);
  const differing = compareObject(target, live, ignored).differing.filter(
    (pointer) => !(maybeUnknown.has(pointer) && isAbsentFrom(live, pointer) && isAbsentFrom(result, pointer)),
  );
  const changed = differing.length > 0 ? differing : changedFields(live, result, ignored);
  const status = changed.length > 0 ? "OutOfSync" : resource.status;
  return { ...resource, status, differingFields: changed, undecided: false };
}

function isAbsentFrom({ object }: LiveManifest, pointer: string): boolean {
  return valueAt(object, ...(parsePointer(pointer) ?? [])) === undefined;
}

/** The comparison with resources replaced by settled ones of the same keys. */
export function withSettledResources(
  comparison: Comparison,
  settled: readonly ComparedResource[],
): Comparison {
  const byKey = new Map(settled.map((resource) => [formatResourceKey(resource.key), resource]));
  const resources = comparison.resources.map(
    (resource) => byKey.get(formatResourceKey(resource.key)) ?? resource,
  );
  const sync = comparison.sync === "Unknown" ? "Unknown" : rollUpSync({ ...comparison, resources });
  return { ...comparison, resources, sync };
}

interface ResourceInput extends ComparisonInput {
  readonly pointersOf: PointersOf;
  readonly isStale: boolean;
}

function compareResource(pair: ResourcePair, input: ResourceInput): ComparedResource {
  const { key, target, live } = pair;
  const base = withoutStatus(pair, input);
  const unlessStale = (status: SyncStatus) => (input.isStale ? "Unknown" : status);
  if (hookOf(target ?? live ?? { object: {} }).kind !== "none") return base;
  if (live !== undefined && !isSelfReferenced(live, target?.key)) return base;
  if (target === undefined) return { ...base, status: unlessStale("OutOfSync"), requiresPruning: true };
  if (!input.isPermitted(key)) return { ...base, status: "Unknown" };
  if (live === undefined) {
    return { ...base, status: unlessStale("OutOfSync"), health: input.isStale ? STALE : MISSING };
  }
  return { ...base, ...compareFound(target, live, input) };
}

/** Target and live object, both there. */
function compareFound(target: TargetManifest, live: LiveManifest, input: ResourceInput) {
  const compare = input.compare ?? compareObject;
  const { differing, isUndecided, ownsTarget } = compare(target, live, input.pointersOf(target));
  const mayBeDropped = mayAllBeDropped(differing, live, validateOption(target, input));
  const isDifferent = differing.length > 0 && !mayBeDropped;
  const status: SyncStatus = input.isStale ? "Unknown" : isDifferent ? "OutOfSync" : "Synced";
  return { status, differingFields: differing, undecided: isUndecided || mayBeDropped, ownsTarget };
}

function validateOption(target: TargetManifest, { application }: ResourceInput): string | undefined {
  return syncOption("Validate", resourceSyncOptions(target), application.syncPolicy.syncOptions);
}

/** With `Validate=false` the server drops fields that it does not know: only it can say whether these are such. */
function mayAllBeDropped(
  differing: readonly string[],
  live: LiveManifest,
  validate: string | undefined,
): boolean {
  if (validate !== "false" || differing.length === 0) return false;
  return differing.every((pointer) => isAbsentFrom(live, pointer));
}

function withoutStatus(pair: ResourcePair, { isStale, assess }: ResourceInput): ComparedResource {
  const role = hookOf(pair.target ?? pair.live ?? { object: {} });
  const health = pair.live && (isStale ? STALE : assess(pair.live));
  return {
    ...pair,
    differingFields: [],
    requiresPruning: false,
    isHook: role.kind === "hook" || role.kind === "ignored",
    undecided: false,
    ownsTarget: false,
    ...(health === undefined ? {} : { health }),
  };
}

const MISSING: Health = { status: "Missing", message: "" };
const STALE: Health = { status: "Unknown", message: "the cluster's state could not be read lately" };

/** Extra objects that say `IgnoreExtraneous` are shown OutOfSync, and do not make the Application so. */
function rollUpSync({
  resources,
  destinationNamespace,
}: Pick<Comparison, "resources" | "destinationNamespace">): SyncStatus {
  let sync: SyncStatus = destinationNamespace?.status ?? "Synced";
  for (const { status, live, requiresPruning } of resources) {
    if (status === "Unknown") return "Unknown";
    const isIgnored = requiresPruning && live !== undefined && hasCompareOption(live, "IgnoreExtraneous");
    if (status === "OutOfSync" && !isIgnored) sync = "OutOfSync";
  }
  return sync;
}
