import type { FieldChange } from "../domain/field-diff.ts";
import { arrayAt, stringAt, valueAt } from "../domain/json.ts";
import type { ObjectDiff } from "../domain/manifest-diff.ts";
import { resourceSyncOptions, syncOption } from "../domain/sync-options.ts";

/** `group/Kind` → what goes when the object does. */
const LOSSES: ReadonlyMap<string, string> = new Map([
  [
    "/PersistentVolumeClaim",
    "would be pruned, and the data of its volume with it unless the volume is retained",
  ],
  ["/PersistentVolume", "would be pruned, and perhaps the data it holds"],
  ["/Namespace", "would be pruned, with everything that is in it"],
  ["apps/StatefulSet", "would be pruned: it may hold data"],
  [
    "apiextensions.k8s.io/CustomResourceDefinition",
    "would be pruned, with every object of its kind in the whole cluster",
  ],
]);

/** `group/Kind` → fields that the API server does not let anyone change. */
const IMMUTABLE: ReadonlyMap<string, readonly string[]> = new Map([
  ["apps/Deployment", ["spec.selector"]],
  ["apps/ReplicaSet", ["spec.selector"]],
  ["apps/DaemonSet", ["spec.selector"]],
  [
    "apps/StatefulSet",
    ["spec.selector", "spec.serviceName", "spec.volumeClaimTemplates", "spec.podManagementPolicy"],
  ],
  ["batch/Job", ["spec.selector", "spec.template", "spec.completionMode"]],
  ["/Service", ["spec.clusterIP", "spec.clusterIPs"]],
  [
    "/PersistentVolumeClaim",
    ["spec.accessModes", "spec.storageClassName", "spec.volumeName", "spec.volumeMode", "spec.dataSource"],
  ],
  ["/Secret", ["type"]],
  ["rbac.authorization.k8s.io/RoleBinding", ["roleRef"]],
  ["rbac.authorization.k8s.io/ClusterRoleBinding", ["roleRef"]],
  ["storage.k8s.io/StorageClass", ["provisioner", "parameters", "volumeBindingMode"]],
  ["scheduling.k8s.io/PriorityClass", ["value"]],
  ["apiextensions.k8s.io/CustomResourceDefinition", ["spec.group", "spec.scope", "spec.names.plural"]],
]);

/** What a reader should know of a change before everything else, one sentence each without a subject or full stop. */
export function dangersOf(diff: ObjectDiff): readonly string[] {
  switch (diff.change) {
    case "added":
      return addedDangers(diff);
    case "removed": {
      const loss = LOSSES.get(kindOf(diff));
      const isKept = syncOption("Prune", resourceSyncOptions(diff.before)) === "false";
      return loss === undefined || isKept ? [] : [loss];
    }
    case "modified":
      return [...immutableChanges(diff), ...scaledToNothing(diff), ...otherTraffic(diff)];
  }
}

type Added = Extract<ObjectDiff, { change: "added" }>;
type Modified = Extract<ObjectDiff, { change: "modified" }>;

function addedDangers({ key, after }: Added): readonly string[] {
  const isAdmin =
    key.kind === "ClusterRoleBinding" && stringAt(after.object, "roleRef", "name") === "cluster-admin";
  const subjects = arrayAt(after.object, "subjects").map((subject) => stringAt(subject, "name") ?? "?");
  return isAdmin ? [`makes ${subjects.join(", ") || "nobody"} administrator of the whole cluster`] : [];
}

function immutableChanges(diff: Modified): readonly string[] {
  const isSealed = valueAt(diff.before.object, "immutable") === true;
  const fields = [
    ...(IMMUTABLE.get(kindOf(diff)) ?? []),
    ...(isSealed ? ["data", "stringData", "binaryData"] : []),
  ];
  const changed = fields.filter((field) => diff.fields.some((change) => isBelow(change, field)));
  return changed.map(
    (field) => `changes \`${field}\`, which cannot be changed in place: the API server will refuse it`,
  );
}

function scaledToNothing({ fields }: Modified): readonly string[] {
  const isScaledDown = fields.some(
    (change) =>
      change.path === "spec.replicas" &&
      (change.kind === "changed" || change.kind === "set") &&
      change.after === 0,
  );
  return isScaledDown ? ["is scaled to 0 replicas"] : [];
}

function otherTraffic(diff: Modified): readonly string[] {
  const isRerouted =
    kindOf(diff) === "/Service" && diff.fields.some((change) => isBelow(change, "spec.selector"));
  return isRerouted ? ["selects other Pods from now on"] : [];
}

/** The field itself, or something in it. */
function isBelow({ path, kind }: FieldChange, field: string): boolean {
  const isThere = path === field || path.startsWith(`${field}.`) || path.startsWith(`${field}[`);
  return isThere && kind !== "reordered";
}

function kindOf({ key }: ObjectDiff): string {
  return `${key.group}/${key.kind}`;
}
