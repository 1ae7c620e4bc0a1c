import { type JsonObject, objectAt, stringAt } from "../../../domain/json.ts";
import type { GroupKind } from "../../../domain/resource-key.ts";
import type { ObjectStore, StoredObject } from "../object-store.ts";
import { conditionOf, isTrue } from "./conditions.ts";
import { type ControllerContext, controlledBy, controlledOf, isDeleting } from "./controller.ts";

export const POD: GroupKind = { group: "", kind: "Pod" };

/** Pods of a workload that count: neither going nor ended. */
export function activePods(store: ObjectStore, owner: StoredObject): readonly StoredObject[] {
  return controlledOf(store, owner, POD).filter((pod) => !isDeleting(pod) && !hasEnded(pod));
}

export function hasEnded({ object }: StoredObject): boolean {
  return ["Succeeded", "Failed"].includes(phaseOf({ object }));
}

export function phaseOf({ object }: Pick<StoredObject, "object">): string {
  return stringAt(object, "status", "phase") ?? "";
}

export function isReady({ object }: StoredObject): boolean {
  return isTrue(object, "Ready");
}

/** Ready for at least so long. */
export function isAvailable(pod: StoredObject, minReadySeconds: number, now: number): boolean {
  if (!isReady(pod)) return false;
  const since = Date.parse(stringAt(conditionOf(pod.object, "Ready"), "lastTransitionTime") ?? "");
  return minReadySeconds === 0 || now - since >= minReadySeconds * 1000;
}

export interface PodIdentity {
  /** Without it the server makes one up from `prefix`. */
  readonly name?: string;
  readonly prefix?: string;
  readonly labels?: JsonObject;
}

/** Creates a pod from a workload's template. */
export function createPod(
  context: ControllerContext,
  owner: StoredObject,
  identity: PodIdentity,
): StoredObject {
  const template = objectAt(owner.object, "spec", "template");
  const { labels, annotations } = objectAt(template, "metadata");
  const name =
    identity.name === undefined ? { generateName: identity.prefix ?? "" } : { name: identity.name };
  return context.create({
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      ...name,
      namespace: owner.key.namespace,
      labels: { ...objectAt(labels), ...identity.labels },
      ...(annotations === undefined ? {} : { annotations }),
      ownerReferences: controlledBy(owner),
    },
    spec: objectAt(template, "spec"),
  });
}

/** A short name for a text, in the letters Kubernetes uses for template hashes. */
export function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return String(hash).replace(/[013]/g, (digit) => ({ "0": "b", "1": "c", "3": "d" })[digit] ?? digit);
}

/** `25%` of a count, or the count itself. */
export function resolveCount(
  value: unknown,
  total: number,
  { rounding, fallback }: { readonly rounding: "up" | "down"; readonly fallback: number },
): number {
  if (typeof value === "number") return value;
  const percent = typeof value === "string" ? /^(\d+)%$/.exec(value)?.[1] : undefined;
  if (percent === undefined) return fallback;
  const share = (Number(percent) * total) / 100;
  return rounding === "up" ? Math.ceil(share) : Math.floor(share);
}
