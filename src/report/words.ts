import { type ChangeCounts, countChanges } from "../domain/manifest-diff.ts";
import type { ApplicationPreview, Preview } from "../domain/preview.ts";
import { sha256 } from "../domain/sha256.ts";

/** `1 object`, `2 objects`. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString("en-US")} ${noun}${number === 1 ? "" : "s"}`;
}

/** `2 added, 1 modified`; `no object changes` where none does. */
export function changesInWords({ added, modified, removed }: ChangeCounts): string {
  const parts = [
    [added, "added"],
    [modified, "modified"],
    [removed, "removed"],
  ] as const;
  const shown = parts.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`);
  return shown.length === 0 ? "no object changes" : shown.join(", ");
}

/** `a, b and c`. */
export function listInWords(items: readonly string[]): string {
  const last = items.at(-1) ?? "";
  return items.length < 2 ? last : `${items.slice(0, -1).join(", ")} and ${last}`;
}

/** Enough of a commit's or digest's hex digits to find it again. */
export function short(sha: string): string {
  return sha.slice(0, 12);
}

/** The object changes of all Applications together. */
export function totalChanges(preview: Preview): ChangeCounts {
  const counts = preview.applications.map(changesOf);
  const sum = (pick: (counts: ChangeCounts) => number): number =>
    counts.reduce((total, one) => total + pick(one), 0);
  return {
    added: sum(({ added }) => added),
    modified: sum(({ modified }) => modified),
    removed: sum(({ removed }) => removed),
  };
}

export function changesOf({ effect }: ApplicationPreview): ChangeCounts {
  return countChanges(effect.kind === "ok" ? effect.value : []);
}

/** Names an Application: with its namespace only where names alone are not enough or not usual. */
export function nameIn(
  applications: readonly { readonly namespace: string; readonly name: string }[],
): (application: { readonly namespace: string; readonly name: string }) => string {
  const namespaces = new Set(applications.map(({ namespace }) => namespace));
  return ({ namespace, name }) => (namespaces.size > 1 ? `${namespace}/${name}` : name);
}

/** One digest for all that a preview shows: equal exactly when every Application's render is. */
export function previewDigest({ applications }: Preview): string {
  const lines = applications.map(({ namespace, name, digest }) => `${namespace}/${name} ${digest}\n`);
  return sha256(lines.sort().join(""));
}
