import { type ApiResource, FIELD_MANAGER } from "../../domain/cluster.ts";
import { type JsonObject, stringAt, stringifyJson } from "../../domain/json.ts";
import { type LiveManifest, liveManifestOf, type Manifest, withMetadata } from "../../domain/manifest.ts";
import { describeResource, type ResourceKey, versionOf } from "../../domain/resource-key.ts";
import { OperationError } from "../../errors/operation-error.ts";
import type { ClusterWrites, DeleteOptions, WriteOptions } from "../../ports/cluster-writes.ts";
import type { ApiServer } from "./api-server.ts";
import { applyObject, FIELD_VALIDATION } from "./apply-object.ts";
import { unaddressable } from "./apply-rejected.ts";
import { readObject } from "./cluster-reads.ts";
import type { Kinds } from "./kinds.ts";
import { migratedManagedFields } from "./managed-fields.ts";
import { collectionPath, objectPath, query } from "./resource-path.ts";
import { kindUnknown, writeError } from "./write-error.ts";

interface Parts {
  readonly api: ApiServer;
  readonly kinds: Kinds;
}

/** {@link ClusterWrites} on a Kubernetes API server. */
export function createClusterWrites(parts: Parts): ClusterWrites {
  return {
    async apply(target, options) {
      const live = await applyObject(parts, target, { ...options, dryRun: "None" });
      if (definesKinds(target.key)) parts.kinds.forget();
      return live;
    },
    create: (target, options) => create(parts, target, options),
    replace: (target, options) => replace(parts, target, options),
    delete: (key, options) => deleteObject(parts, key, options),
    patchMetadata: (key, patch) => patchMetadata(parts, key, patch),
    migrateOwnership: (live) => migrateOwnership(parts, live),
  };
}

/** How often an object is read again because someone else wrote between our reading and our writing. */
const CONFLICTS_MAX = 4;

/** Not the manager we apply as: what it owns by `Update` would be migrated, and then removed by the next apply. */
const METADATA_MANAGER = "plumbline";

function definesKinds({ group, kind }: ResourceKey): boolean {
  return (
    (group === "apiextensions.k8s.io" && kind === "CustomResourceDefinition") ||
    (group === "apiregistration.k8s.io" && kind === "APIService")
  );
}

async function create({ api, kinds }: Parts, target: Manifest, options: WriteOptions): Promise<LiveManifest> {
  const resource = await mustPlace({ api, kinds }, target);
  const parameters = { fieldManager: FIELD_MANAGER, fieldValidation: FIELD_VALIDATION[options.validate] };
  const answer = await api.call({
    method: "POST",
    path: `${collectionPath(resource, target.key.namespace)}${query(parameters)}`,
    body: { type: "application/json", text: stringifyJson(target.object) },
    repeat: "if-not-sent",
  });
  if (answer.status >= 300) throw writeError(api.destination, answer, target);
  if (definesKinds(target.key)) kinds.forget();
  return liveManifestOf(answer.body);
}

async function replace(
  { api, kinds }: Parts,
  target: Manifest,
  options: WriteOptions,
): Promise<LiveManifest> {
  const resource = await mustPlace({ api, kinds }, target);
  const wanted = stringAt(target.object, "metadata", "resourceVersion");
  const resourceVersion = wanted ?? (await readObject(api, resource, target.key))?.resourceVersion;
  if (resourceVersion === undefined) throw preconditionFailed(target.key);
  const parameters = { fieldManager: FIELD_MANAGER, fieldValidation: FIELD_VALIDATION[options.validate] };
  const answer = await api.call({
    method: "PUT",
    path: `${objectPath(resource, target.key)}${query(parameters)}`,
    body: { type: "application/json", text: stringifyJson(withMetadata(target.object, { resourceVersion })) },
    repeat: "if-not-sent",
  });
  if (answer.status < 300) return liveManifestOf(answer.body);
  if (answer.status === 409 && wanted !== undefined) throw preconditionFailed(target.key);
  throw writeError(api.destination, answer, target);
}

async function deleteObject(
  { api, kinds }: Parts,
  key: ResourceKey,
  { uid, propagation }: DeleteOptions,
): Promise<"deleted" | "absent"> {
  const resource = await kinds.find(key);
  if (resource === undefined) return "absent";
  const options = {
    apiVersion: "v1",
    kind: "DeleteOptions",
    propagationPolicy: propagation,
    preconditions: { uid },
  };
  const answer = await api.call({
    method: "DELETE",
    path: objectPath(resource, key),
    body: { type: "application/json", text: stringifyJson(options) },
    repeat: "always",
  });
  if (answer.status < 300) return "deleted";
  // 409 is the UID: what has the name now is another object.
  if (answer.status === 404 || answer.status === 409) return "absent";
  throw writeError(api.destination, answer, { key, apiVersion: resource.version, object: {} });
}

async function patchMetadata(parts: Parts, key: ResourceKey, patch: JsonObject): Promise<LiveManifest> {
  const resource = await mustFind(parts, key);
  const wanted = stringAt(patch, "resourceVersion");
  for (let tries = 1; ; tries += 1) {
    const resourceVersion = wanted ?? (await readObject(parts.api, resource, key))?.resourceVersion;
    if (resourceVersion === undefined) throw preconditionFailed(key);
    const patched = await mergePatch(parts, resource, { key, metadata: { ...patch, resourceVersion } });
    if (patched !== "conflict") return patched;
    if (wanted !== undefined || tries === CONFLICTS_MAX) throw preconditionFailed(key);
  }
}

async function migrateOwnership(
  parts: Parts,
  { key, uid }: Pick<LiveManifest, "key" | "uid">,
): Promise<boolean> {
  const resource = await parts.kinds.find(key);
  if (resource === undefined) return false;
  for (let tries = 1; ; tries += 1) {
    const live = await readObject(parts.api, resource, key);
    const managedFields = live?.uid === uid ? migratedManagedFields(live.object) : undefined;
    if (live === undefined || managedFields === undefined) return false;
    const metadata = { managedFields, resourceVersion: live.resourceVersion };
    if ((await mergePatch(parts, resource, { key, metadata })) !== "conflict") return true;
    if (tries === CONFLICTS_MAX) throw preconditionFailed(key);
  }
}

/** A merge patch whose resourceVersion makes it safe to repeat: carried out twice, the second time is a conflict. */
async function mergePatch(
  { api }: Parts,
  resource: ApiResource,
  { key, metadata }: { readonly key: ResourceKey; readonly metadata: JsonObject },
): Promise<LiveManifest | "conflict"> {
  const answer = await api.call({
    method: "PATCH",
    path: `${objectPath(resource, key)}${query({ fieldManager: METADATA_MANAGER })}`,
    body: { type: "application/merge-patch+json", text: stringifyJson({ metadata }) },
    repeat: "if-not-sent",
  });
  if (answer.status === 409) return "conflict";
  if (answer.status < 300) return liveManifestOf(answer.body);
  const apiVersion = resource.group === "" ? resource.version : `${resource.group}/${resource.version}`;
  throw writeError(api.destination, answer, { key, apiVersion, object: { metadata } });
}

async function mustFind({ api, kinds }: Parts, key: ResourceKey, apiVersion?: string): Promise<ApiResource> {
  const resource = await kinds.find(key, apiVersion === undefined ? undefined : versionOf(apiVersion));
  if (resource === undefined) throw kindUnknown(api.destination, key, apiVersion);
  return resource;
}

/** The resource that a manifest belongs to. @throws OperationError also where its name or namespace is none there */
async function mustPlace(parts: Parts, { key, apiVersion }: Manifest): Promise<ApiResource> {
  const resource = await mustFind(parts, key, apiVersion);
  const refusal = unaddressable(resource, key);
  if (refusal !== undefined) throw refusal;
  return resource;
}

function preconditionFailed(key: ResourceKey): OperationError {
  return OperationError.of("PreconditionFailed", { object: describeResource(key) });
}
