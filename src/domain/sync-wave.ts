import { annotationOf, type Manifest } from "./manifest.ts";

/**
 * The wave an object is applied in, lowest first: its `argocd.argoproj.io/sync-wave`, else its Helm hook weight, else
 * 0. Text that is no integer counts as absent.
 */
export function waveOf(manifest: Pick<Manifest, "object">): number {
  return (
    parseInteger(annotationOf(manifest, "argocd.argoproj.io/sync-wave")) ??
    parseInteger(annotationOf(manifest, "helm.sh/hook-weight")) ??
    0
  );
}

function parseInteger(text: string | undefined): number | undefined {
  if (text === undefined || !/^[+-]?[0-9]{1,15}$/.test(text)) return undefined;
  const value = Number(text);
  return value === 0 ? 0 : value;
}
