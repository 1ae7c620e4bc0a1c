import { annotationOf, type Manifest } from "./manifest.ts";

const SYNC_OPTIONS = "argocd.argoproj.io/sync-options";
const COMPARE_OPTIONS = "argocd.argoproj.io/compare-options";

/** `Key=value` options of an object, as its annotation lists them. */
export function resourceSyncOptions(manifest: Pick<Manifest, "object">): readonly string[] {
  return optionsIn(annotationOf(manifest, SYNC_OPTIONS));
}

export function hasCompareOption(manifest: Pick<Manifest, "object">, option: string): boolean {
  return optionsIn(annotationOf(manifest, COMPARE_OPTIONS)).includes(option);
}

/**
 * The value of option `name`: the first list that has it decides, so the object's own options go before the
 * Application's. `undefined` where none has it. Names and values are exact and case-sensitive (argocd-behaviour §6.8).
 */
export function syncOption(name: string, ...lists: readonly (readonly string[])[]): string | undefined {
  const prefix = `${name}=`;
  for (const options of lists) {
    const option = options.find((candidate) => candidate.startsWith(prefix));
    if (option !== undefined) return option.slice(prefix.length);
  }
  return undefined;
}

function optionsIn(text: string | undefined): readonly string[] {
  return (text ?? "").split(",").map((option) => option.trim());
}
