import { compareText } from "./compare-text.ts";
import type { DisplayableManifest } from "./displayable-manifest.ts";
import { diffFields, type FieldChange } from "./field-diff.ts";
import { formatResourceKey, type ResourceKey } from "./resource-key.ts";

/** One object before and after, both sides displayable. */
export type ObjectDiff = { readonly key: ResourceKey } & (
  | { readonly change: "added"; readonly after: DisplayableManifest }
  | { readonly change: "removed"; readonly before: DisplayableManifest }
  | {
      readonly change: "modified";
      readonly before: DisplayableManifest;
      readonly after: DisplayableManifest;
      readonly fields: readonly FieldChange[];
    }
);

/** Objects, by kind of change. */
export interface ChangeCounts {
  readonly added: number;
  readonly modified: number;
  readonly removed: number;
}

/**
 * What differs between two states, object by object, sorted by key. Objects are paired by key, whatever order they come
 * in; objects without a difference are left out. Masked values are compared by their labels, so both sides must come
 * from one mask.
 */
export function diffManifests(
  before: readonly DisplayableManifest[],
  after: readonly DisplayableManifest[],
): readonly ObjectDiff[] {
  const rest = new Map(before.map((manifest) => [formatResourceKey(manifest.key), manifest]));
  const diffs = new Map<string, ObjectDiff>();
  for (const manifest of after) {
    const id = formatResourceKey(manifest.key);
    const diff = diffObject(rest.get(id), manifest);
    if (diff !== undefined) diffs.set(id, diff);
    rest.delete(id);
  }
  for (const [id, manifest] of rest)
    diffs.set(id, { key: manifest.key, change: "removed", before: manifest });
  return [...diffs].sort(([a], [b]) => compareText(a, b)).map(([, diff]) => diff);
}

export function countChanges(diffs: readonly ObjectDiff[]): ChangeCounts {
  const count = (change: ObjectDiff["change"]): number =>
    diffs.filter((diff) => diff.change === change).length;
  return { added: count("added"), modified: count("modified"), removed: count("removed") };
}

function diffObject(
  before: DisplayableManifest | undefined,
  after: DisplayableManifest,
): ObjectDiff | undefined {
  const { key } = after;
  if (before === undefined) return { key, change: "added", after };
  const fields = diffFields(before.object, after.object);
  return fields.length === 0 ? undefined : { key, change: "modified", before, after, fields };
}
