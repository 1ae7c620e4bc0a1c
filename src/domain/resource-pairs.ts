import { hookOf } from "./hooks.ts";
import type { ScopeOf } from "./kind-scopes.ts";
import type { LiveManifest, TargetManifest } from "./manifest.ts";
import { describeResource, formatResourceKey, type ResourceKey } from "./resource-key.ts";
import { hasOwner, isSelfReferenced, trackingOf } from "./tracking.ts";

/** One object of an Application: wanted, there, or both. */
export interface ResourcePair {
  readonly key: ResourceKey;
  readonly target?: TargetManifest;
  readonly live?: LiveManifest;
}

export interface PairingInput {
  readonly instanceName: string;
  readonly targets: readonly TargetManifest[];
  readonly live: readonly LiveManifest[];
  readonly scopeOf: ScopeOf;
  /** Whether a live object may be seen at all: those that the project does not permit look missing. */
  readonly isVisible: (key: ResourceKey) => boolean;
}

/**
 * Finds each target's live object, in the order of the targets, and after them the live objects that are the
 * Application's by their tracking id, belong to no other object, and are not wanted any more, by key. Takes time
 * proportional to both lists.
 */
export function pairResources({ instanceName, targets, live, scopeOf, isVisible }: PairingInput): {
  readonly pairs: readonly ResourcePair[];
  readonly warnings: readonly string[];
} {
  const liveByKey = new Map<string, LiveManifest>();
  for (const object of live) {
    if (isVisible(object.key)) liveByKey.set(formatResourceKey(object.key), object);
  }
  const warnings: string[] = [];
  const matchedUids = new Set<string>();
  const pairs: ResourcePair[] = [];
  for (const target of targets) {
    const found = findLive(target.key, liveByKey, scopeOf);
    if (found === undefined) {
      pairs.push({ key: target.key, target });
      continue;
    }
    liveByKey.delete(formatResourceKey(found.key));
    matchedUids.add(found.uid);
    pairs.push({ key: target.key, target, live: found });
    const owner = otherOwner(found, target, instanceName);
    if (owner !== undefined) {
      warnings.push(`${describeResource(target.key)} belongs to Applications ${instanceName} and ${owner}.`);
    }
  }
  const extra = [...liveByKey.values()]
    .filter((object) => trackingOf(object)?.instanceName === instanceName && !hasOwner(object))
    .filter(({ uid }) => uid === "" || !matchedUids.has(uid));
  extra.sort(byKey);
  return { pairs: [...pairs, ...extra.map((object) => ({ key: object.key, live: object }))], warnings };
}

/** A kind of unknown scope may turn out to be cluster-scoped: then the live object has no namespace. */
function findLive(
  key: ResourceKey,
  liveByKey: ReadonlyMap<string, LiveManifest>,
  scopeOf: ScopeOf,
): LiveManifest | undefined {
  const found = liveByKey.get(formatResourceKey(key));
  if (found !== undefined || scopeOf(key) !== undefined) return found;
  return liveByKey.get(formatResourceKey({ ...key, namespace: "" }));
}

/** The other Application that a shared object's tracking id names. Hooks come and go and are not counted. */
function otherOwner(live: LiveManifest, target: TargetManifest, instanceName: string): string | undefined {
  const owner = trackingOf(live)?.instanceName;
  if (owner === undefined || owner === instanceName || hookOf(target).kind !== "none") return undefined;
  return isSelfReferenced(live, target.key) ? owner : undefined;
}

function byKey(a: LiveManifest, b: LiveManifest): number {
  const [textA, textB] = [formatResourceKey(a.key), formatResourceKey(b.key)];
  return textA < textB ? -1 : Number(textA > textB);
}
