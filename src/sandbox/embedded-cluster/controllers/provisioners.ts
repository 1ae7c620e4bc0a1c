import { type JsonObject, objectAt, stringAt, valueAt } from "../../../domain/json.ts";
import { formatGroupKind, type GroupKind } from "../../../domain/resource-key.ts";
import { setAt } from "../json-edit.ts";
import type { StoredObject } from "../object-store.ts";
import { withCondition } from "./conditions.ts";
import { type Controller, type ControllerContext, isDeleting, ofKind } from "./controller.ts";

/** What somebody outside gives an object a moment after it asked: an address, a volume, an answer. */
interface Provision {
  readonly kind: GroupKind;
  /** It has asked, and has not been given yet. */
  readonly isWaiting: (object: JsonObject) => boolean;
  readonly provide: (context: ControllerContext, found: StoredObject) => void;
}

const PROVISIONS: readonly Provision[] = [
  {
    kind: { group: "", kind: "Service" },
    isWaiting: (object) => stringAt(object, "spec", "type") === "LoadBalancer" && hasNoIngress(object),
    provide: (context, found) => giveAddress(context, found),
  },
  {
    kind: { group: "networking.k8s.io", kind: "Ingress" },
    isWaiting: hasNoIngress,
    provide: (context, found) => giveAddress(context, found),
  },
  {
    kind: { group: "", kind: "PersistentVolumeClaim" },
    isWaiting: (object) => stringAt(object, "status", "phase") !== "Bound",
    provide: bindClaim,
  },
  {
    kind: { group: "apiregistration.k8s.io", kind: "APIService" },
    isWaiting: (object) => valueAt(object, "status", "conditions") === undefined,
    provide(context, { key }) {
      const available = { type: "Available", status: "True", reason: "Local" } as const;
      const message = "Local APIServices are always available";
      context.updateStatus(key, (status) =>
        withCondition(status, { ...available, message }, context.scheduler.now()),
      );
    },
  },
];

/** Load balancers, ingress controllers, volume provisioners and aggregated APIs, as far as statuses go. */
export function createProvisioners(context: ControllerContext): readonly Controller[] {
  return PROVISIONS.map((provision) => createProvisioner(context, provision));
}

function createProvisioner(context: ControllerContext, { kind, isWaiting, provide }: Provision): Controller {
  const dueAt = new Map<string, number>();
  return {
    name: `${formatGroupKind(kind)} provisioner`,
    concerns: (event) => ofKind(event, kind),
    reconcile(key) {
      const found = context.store.get(key);
      if (found === undefined) return undefined;
      if (isDeleting(found)) {
        releaseClaim(context, found);
        return undefined;
      }
      if (!isWaiting(found.object)) return undefined;
      const now = context.scheduler.now();
      const due = dueAt.get(found.uid) ?? now + context.timing.provisionMs;
      dueAt.set(found.uid, due);
      if (now < due) return due - now;
      provide(context, found);
      return undefined;
    },
  };
}

function hasNoIngress(object: JsonObject): boolean {
  return valueAt(object, "status", "loadBalancer", "ingress") === undefined;
}

/** One of the addresses that are kept for documentation (RFC 5737). */
function giveAddress(context: ControllerContext, { key, uid }: StoredObject): void {
  const ip = `203.0.113.${(Number.parseInt(uid.slice(-6), 16) % 254) + 1}`;
  const entry = key.kind === "Service" ? { ip, ipMode: "VIP" } : { ip };
  context.updateStatus(key, (status) => ({ ...status, loadBalancer: { ingress: [entry] } }));
}

function bindClaim(context: ControllerContext, { key, uid, object }: StoredObject): void {
  const { accessModes, resources } = objectAt(object, "spec");
  context.update(key, (found) => setAt(found, ["spec", "volumeName"], `pvc-${uid}`));
  context.updateStatus(key, () => ({
    phase: "Bound",
    accessModes: accessModes ?? [],
    capacity: { storage: valueAt(resources, "requests", "storage") ?? "1Gi" },
  }));
}

const CLAIM_FINALIZER = "kubernetes.io/pvc-protection";

/** Nothing here mounts volumes: a deleted claim is let go at once. */
function releaseClaim(context: ControllerContext, { key, object }: StoredObject): void {
  const finalizers = objectAt(object, "metadata")["finalizers"];
  if (key.kind !== "PersistentVolumeClaim" || !Array.isArray(finalizers)) return;
  const left = finalizers.filter(
    (name): name is string => typeof name === "string" && name !== CLAIM_FINALIZER,
  );
  if (left.length === finalizers.length) return;
  context.update(key, (found) => setAt(found, ["metadata", "finalizers"], left));
}
