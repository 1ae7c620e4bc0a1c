import { matchesGlob } from "./glob.ts";
import type { ResourceKey } from "./resource-key.ts";

/** Which objects a sync is about, as `GROUP:KIND:[NAMESPACE/]NAME` says it (argocd-behaviour §6.11). */
export interface ResourceSelector {
  /** Globs, as are the other three; `""` is the core group. */
  readonly group: string;
  readonly kind: string;
  /** Absent is any. */
  readonly namespace?: string;
  readonly name: string;
  /** Written with `!` before it: these not. */
  readonly isExclusion: boolean;
}

export type ResourceSelectorResult =
  | { readonly kind: "selector"; readonly selector: ResourceSelector }
  | { readonly kind: "problem"; readonly problem: string };

/** Reads `apps:Deployment:shop/web`, `:Service:web`, `!*:Secret:*`. Total: the problem says what is missing. */
export function parseResourceSelector(text: string): ResourceSelectorResult {
  const isExclusion = text.startsWith("!");
  const [group, kind, ...rest] = (isExclusion ? text.slice(1) : text).split(":");
  // Names of roles and their bindings may hold colons.
  const object = rest.join(":");
  if (group === undefined || kind === undefined || rest.length === 0) {
    return problem(text, "is not GROUP:KIND:NAME or GROUP:KIND:NAMESPACE/NAME");
  }
  const [first = "", second, ...more] = object.split("/");
  const name = second ?? first;
  if (kind === "") return problem(text, "names no kind");
  if (name === "" || more.length > 0) return problem(text, "names no object");
  const namespace = second === undefined ? {} : { namespace: first };
  return { kind: "selector", selector: { group, kind, name, isExclusion, ...namespace } };
}

/** `GROUP:KIND:NAMESPACE/NAME`, to be read again by {@link parseResourceSelector}: exactly this object. */
export function formatResourceSelector({ group, kind, namespace, name }: ResourceKey): string {
  return `${group}:${kind}:${namespace === "" ? "" : `${namespace}/`}${name}`;
}

/** Whether the selectors mean the object: none of them means all; exclusions win, and alone leave all others. */
export function selects(selectors: readonly ResourceSelector[], key: ResourceKey): boolean {
  if (selectors.some((selector) => selector.isExclusion && matches(selector, key))) return false;
  const inclusions = selectors.filter(({ isExclusion }) => !isExclusion);
  return inclusions.length === 0 || inclusions.some((selector) => matches(selector, key));
}

function matches({ group, kind, namespace, name }: ResourceSelector, key: ResourceKey): boolean {
  return (
    matchesGlob(group, key.group) &&
    matchesGlob(kind, key.kind) &&
    matchesGlob(name, key.name) &&
    (namespace === undefined || matchesGlob(namespace, key.namespace))
  );
}

function problem(text: string, what: string): ResourceSelectorResult {
  return { kind: "problem", problem: `\`${text}\` ${what}` };
}
