import { annotationOf, type Manifest } from "./manifest.ts";
import type { HookDeletePolicy, SyncPhase } from "./sync-task.ts";

/** What an object is to a sync, by its annotations (argocd-behaviour §6.2). */
export type HookRole =
  /** An ordinary object: applied, compared, pruned. */
  | { readonly kind: "none" }
  /** `Skip` alone: neither applied nor compared. */
  | { readonly kind: "skip" }
  /** A hook of no phase of a sync (Helm tests, deletion hooks, unknown words): never applied, never pruned. */
  | { readonly kind: "ignored" }
  | {
      readonly kind: "hook";
      /** At least one; one task each. */
      readonly phases: readonly SyncPhase[];
      /** At least one. */
      readonly deletePolicies: readonly HookDeletePolicy[];
    };

const HOOK = "argocd.argoproj.io/hook";
const HELM_HOOK = "helm.sh/hook";

/** Keeps a hook from vanishing (by a TTL) before its outcome was seen; we remove it once it was. */
export const HOOK_FINALIZER = "argocd.argoproj.io/hook-finalizer";

const PHASES: Readonly<Record<string, SyncPhase>> = {
  PreSync: "PreSync",
  Sync: "Sync",
  PostSync: "PostSync",
  SyncFail: "SyncFail",
};

/** No phases of a sync: they run when the Application goes (argocd-behaviour §6.2). */
const DELETION_PHASES: Readonly<Record<string, SyncPhase>> = {
  PreDelete: "PreDelete",
  PostDelete: "PostDelete",
};

const HELM_DELETION_PHASES: Readonly<Record<string, SyncPhase>> = {
  "pre-delete": "PreDelete",
  "post-delete": "PostDelete",
};

const HELM_PHASES: Readonly<Record<string, SyncPhase>> = {
  "pre-install": "PreSync",
  "pre-upgrade": "PreSync",
  "post-install": "PostSync",
  "post-upgrade": "PostSync",
};

const DELETE_POLICIES: Readonly<Record<string, HookDeletePolicy>> = {
  HookSucceeded: "HookSucceeded",
  HookFailed: "HookFailed",
  BeforeHookCreation: "BeforeHookCreation",
};

const HELM_DELETE_POLICIES: Readonly<Record<string, HookDeletePolicy>> = {
  "hook-succeeded": "HookSucceeded",
  "hook-failed": "HookFailed",
  "before-hook-creation": "BeforeHookCreation",
};

/** Reads Argo CD's hook annotation; Helm's counts only where that one holds no word we know. */
export function hookOf(manifest: Pick<Manifest, "object">): HookRole {
  const words = wordsOf(annotationOf(manifest, HOOK));
  const helmWords = wordsOf(annotationOf(manifest, HELM_HOOK));
  if (words === undefined && helmWords === undefined) return { kind: "none" };
  const phases = mapped(words, PHASES);
  if (phases.length > 0) return hook(manifest, phases);
  if (words?.includes("Skip") === true) return { kind: "skip" };
  if (mapped(words, DELETION_PHASES).length > 0) return { kind: "ignored" };
  return words === undefined && isHelmCrd(helmWords) ? { kind: "none" } : helmHook(manifest, helmWords);
}

/** What an object is to the deletion of its Application; `undefined` for what is no hook of it. */
export function deletionHookOf(
  manifest: Pick<Manifest, "object">,
): Extract<HookRole, { kind: "hook" }> | undefined {
  const own = mapped(wordsOf(annotationOf(manifest, HOOK)), DELETION_PHASES);
  const phases =
    own.length > 0 ? own : mapped(wordsOf(annotationOf(manifest, HELM_HOOK)), HELM_DELETION_PHASES);
  return phases.length === 0 ? undefined : hook(manifest, phases);
}

function helmHook(manifest: Pick<Manifest, "object">, words: readonly string[] | undefined): HookRole {
  const phases = mapped(words, HELM_PHASES);
  return phases.length > 0 ? hook(manifest, phases) : { kind: "ignored" };
}

function hook(
  manifest: Pick<Manifest, "object">,
  phases: readonly SyncPhase[],
): Extract<HookRole, { kind: "hook" }> {
  const policies = new Set([
    ...mapped(wordsOf(annotationOf(manifest, "argocd.argoproj.io/hook-delete-policy")), DELETE_POLICIES),
    ...mapped(wordsOf(annotationOf(manifest, "helm.sh/hook-delete-policy")), HELM_DELETE_POLICIES),
  ]);
  return {
    kind: "hook",
    phases,
    deletePolicies: policies.size > 0 ? [...policies] : ["BeforeHookCreation"],
  };
}

/** Helm 2 marked CRDs with the hook annotation; they are ordinary objects. */
function isHelmCrd(words: readonly string[] | undefined): boolean {
  return words?.length === 1 && words[0] === "crd-install";
}

function wordsOf(text: string | undefined): readonly string[] | undefined {
  return text?.split(",").map((word) => word.trim());
}

/** What the words stand for, once each, in the order written. */
function mapped<T>(words: readonly string[] | undefined, table: Readonly<Record<string, T>>): readonly T[] {
  const known = (words ?? []).filter((word) => Object.hasOwn(table, word)).map((word) => table[word] as T);
  return [...new Set(known)];
}
