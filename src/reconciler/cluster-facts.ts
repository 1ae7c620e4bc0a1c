import { apiVersionsOf, type ClusterApi } from "../domain/cluster.ts";
import { builtInScopeOf, type ScopeOf, scopesOf } from "../domain/kind-scopes.ts";
import type { ClusterCapabilities } from "../ports/renderer.ts";

/** What follows from a cluster's discovery. Made once for each answer: it is asked for at every render and write. */
export interface ClusterFacts {
  /** Scopes as discovered; Kubernetes' own kinds where nothing was. */
  scopeOf(api: ClusterApi): ScopeOf;
  /** The same object for the same answer. */
  capabilities(api: ClusterApi): ClusterCapabilities;
}

export function createClusterFacts(): ClusterFacts {
  return {
    scopeOf: once((api) => (api.resources.length === 0 ? builtInScopeOf : scopesOf(api))),
    capabilities: once((api) => ({ kubeVersion: api.kubeVersion, apiVersions: apiVersionsOf(api) })),
  };
}

/** Remembers what was made of an object for as long as the object is there. */
export function once<K extends object, V>(make: (from: K) => V): (from: K) => V {
  const made = new WeakMap<K, { readonly value: V }>();
  return (from) => {
    const known = made.get(from) ?? { value: make(from) };
    made.set(from, known);
    return known.value;
  };
}
