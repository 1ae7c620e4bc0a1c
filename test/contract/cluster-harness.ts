import type { JsonObject } from "../../src/domain/json.ts";
import { type LiveManifest, type Manifest, manifestOf } from "../../src/domain/manifest.ts";
import { formatResourceKey, type ResourceKey } from "../../src/domain/resource-key.ts";
import type { ClusterReads, LiveChange, LiveState } from "../../src/ports/cluster-reads.ts";
import type { ClusterWrites } from "../../src/ports/cluster-writes.ts";
import type { ServerDryRun } from "../../src/ports/server-dry-run.ts";

/** One cluster behind our ports, and someone else who writes to it past them. */
export interface ClusterHarness {
  readonly reads: ClusterReads;
  readonly live: LiveState;
  readonly dryRun: ServerDryRun;
  readonly writes: ClusterWrites;
  /** Makes a namespace that nobody else uses and gives its name. */
  createNamespace(): Promise<string>;
  /** Server-side apply by another field manager, forced. */
  applyAs(manager: string, object: JsonObject): Promise<void>;
  /** JSON merge patch by another field manager: its fields are recorded with operation `Update`. */
  updateAs(manager: string, key: ResourceKey, patch: JsonObject): Promise<void>;
  /** Someone else deletes the object, in the background. */
  remove(key: ResourceKey): Promise<void>;
}

export const LENIENT = { validate: "ignore" } as const;
export const STRICT = { validate: "strict" } as const;

/** A ConfigMap; `app` makes it an object of that instance by its tracking id. */
export function configMap(
  namespace: string,
  name: string,
  { data = {}, app }: { readonly data?: Record<string, string>; readonly app?: string } = {},
): Manifest {
  const tracking = { "argocd.argoproj.io/tracking-id": `${app}:/ConfigMap:${namespace}/${name}` };
  const annotations = app === undefined ? {} : { annotations: tracking };
  return manifestOf({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace, ...annotations },
    data,
  });
}

export function deployment(namespace: string, name: string, podSpec: JsonObject = {}): Manifest {
  return manifestOf({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace },
    spec: {
      replicas: 0,
      selector: { matchLabels: { name } },
      template: {
        metadata: { labels: { name } },
        spec: { containers: [{ name: "main", image: "example.com/web:1" }], ...podSpec },
      },
    },
  });
}

/** A CustomResourceDefinition that takes anything, of a group that no other test uses. */
export function crd(group: string, kind: string): Manifest {
  const plural = `${kind.toLowerCase()}s`;
  const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
  return manifestOf({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: "Namespaced",
      names: { plural, singular: kind.toLowerCase(), kind, listKind: `${kind}List` },
      versions: [{ name: "v1", served: true, storage: true, schema }],
    },
  });
}

/** Reads an object that must be there. */
export async function mustGet(
  { reads }: Pick<ClusterHarness, "reads">,
  key: ResourceKey,
): Promise<LiveManifest> {
  const live = await reads.get(key);
  if (live === undefined) throw new Error(`${formatResourceKey(key)} does not exist`);
  return live;
}

/** Resolves with the first change that `isIt`, having called `act` once listening. */
export async function changeAfter(
  live: LiveState,
  act: () => Promise<unknown>,
  isIt: (change: LiveChange) => boolean,
): Promise<LiveChange> {
  let stop = (): void => undefined;
  const seen = new Promise<LiveChange>((resolve) => {
    stop = live.subscribe((change) => {
      if (isIt(change)) resolve(change);
    });
  });
  try {
    await act();
    return await seen;
  } finally {
    stop();
  }
}

/** Waits until `condition` holds of what the live state shows, looking again at each change. */
export async function untilLive(live: LiveState, condition: () => boolean): Promise<void> {
  if (condition()) return;
  let stop = (): void => undefined;
  await new Promise<void>((resolve) => {
    stop = live.subscribe(() => {
      if (condition()) resolve();
    });
    if (condition()) resolve();
  });
  stop();
}

/** The reason an operation failed for, or a sentence that it did not. */
export async function reasonOf(operation: Promise<unknown>): Promise<string> {
  try {
    await operation;
    return "it succeeded";
  } catch (error) {
    return error instanceof Error && "reason" in error ? String(error.reason) : String(error);
  }
}
