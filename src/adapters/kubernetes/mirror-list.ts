import type { ApiResource } from "../../domain/cluster.ts";
import { OperationError } from "../../errors/operation-error.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ApiServer } from "./api-server.ts";
import { readObject } from "./cluster-reads.ts";
import { type KindMirror, keyOf } from "./kind-mirror.ts";
import { listPages } from "./list-pages.ts";
import { collectionPath } from "./resource-path.ts";
import { isLater } from "./resource-version.ts";

export interface MirrorListParts {
  readonly api: ApiServer;
  readonly clock: Pick<Clock, "sleep">;
  readonly resource: ApiResource;
  /** `""` for all. */
  readonly namespace: string;
}

/** A list that lost at least that many objects, and half of them, is checked before it is believed. */
const SHRINK_OBJECTS = 5;
const SHRINK_SAMPLE = 3;

/**
 * Lists a kind completely into the mirror. Nothing is taken for deleted before the last page has come.
 *
 * @param latest - the latest version seen before; a list that is older comes from a cluster restored from a backup and
 *   counts all the same.
 * @returns the version of the list, from which a watch goes on, and whether it is older than `latest`.
 */
export async function listIntoMirror(
  parts: MirrorListParts,
  mirror: KindMirror,
  latest: string,
): Promise<{ readonly version: string; readonly wentBack: boolean }> {
  const { api, clock, resource, namespace } = parts;
  const seen = new Set<string>();
  let version = "";
  let wentBack = false;
  const options = { kind: resource.kind, ...fieldSelectorOf(resource) };
  for await (const page of listPages(api, collectionPath(resource, namespace), options)) {
    version = page.resourceVersion;
    wentBack ||= latest !== "" && isLater(latest, version);
    for (const object of page.objects) {
      seen.add(keyOf(object));
      if (wentBack) mirror.force(object);
      else mirror.take(object);
    }
    // A page of large objects takes long to read; others get their turn.
    await clock.sleep(0);
  }
  const vanished = mirror.missingFrom(seen, wentBack ? latest : version);
  await confirmShrinkage(parts, mirror, vanished);
  for (const key of vanished) mirror.drop(key);
  return { version, wentBack };
}

/** Helm keeps its releases in Secrets, often the bulk of a cluster's; nobody declares those in Git. */
export function fieldSelectorOf({ group, kind }: ApiResource): { readonly fieldSelector?: string } {
  return group === "" && kind === "Secret" ? { fieldSelector: "type!=helm.sh/release.v1" } : {};
}

/**
 * A list that has become much shorter may come from a server that has lost its data, or from something in between that
 * answers for it. Objects that are still there when asked for by name refute it.
 */
async function confirmShrinkage(
  { api, resource }: MirrorListParts,
  mirror: KindMirror,
  vanished: readonly string[],
): Promise<void> {
  if (vanished.length < SHRINK_OBJECTS || vanished.length * 2 < mirror.size) return;
  const step = Math.floor(vanished.length / SHRINK_SAMPLE);
  for (let sample = 0; sample < SHRINK_SAMPLE; sample += 1) {
    const stored = mirror.stored(vanished[sample * step] ?? "");
    const live = stored === undefined ? undefined : await readObject(api, resource, stored.key);
    if (live === undefined || live.uid !== stored?.uid) continue;
    const problem = `its list of ${resource.kind} objects leaves out some that exist`;
    throw OperationError.of("ClusterAnswerUnusable", { destination: api.destination, problem });
  }
}
