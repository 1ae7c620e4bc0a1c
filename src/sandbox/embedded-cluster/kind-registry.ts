import type { ApiResource } from "../../domain/cluster.ts";
import { arrayAt, isJsonObject, type JsonObject, objectAt, stringAt } from "../../domain/json.ts";
import { formatGroupKind, type GroupKind, groupOf, versionOf } from "../../domain/resource-key.ts";
import { builtInShape } from "./built-in-shapes.ts";
import { customShape } from "./crd-schema.ts";
import { BUILT_IN_KINDS, type ServedKind } from "./kinds.ts";
import type { Shape } from "./shapes.ts";

/** A kind with what is known of its structure. */
export interface KnownKind extends ServedKind {
  readonly shape: Shape;
  /** `openAPIV3Schema` of a custom kind. */
  readonly schema?: JsonObject;
}

/** The kinds one embedded cluster serves: the built-in ones, and those of established definitions. */
export interface KindRegistry {
  find(kind: GroupKind): KnownKind | undefined;
  /** The kind, if it is served in this version. */
  findServed(apiVersion: string, kind: string): KnownKind | undefined;
  resources(): readonly ApiResource[];
  /** @param definition - a CustomResourceDefinition. */
  define(definition: JsonObject): void;
  forget(definition: JsonObject): void;
}

const VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

export function createKindRegistry(): KindRegistry {
  const kinds = new Map<string, KnownKind>(
    BUILT_IN_KINDS.map((kind) => {
      const name = formatGroupKind(kind);
      return [name, { ...kind, shape: builtInShape(name) }];
    }),
  );
  const find = (kind: GroupKind): KnownKind | undefined => kinds.get(formatGroupKind(kind));
  return {
    find,
    findServed(apiVersion, kind) {
      const found = find({ group: groupOf(apiVersion), kind });
      return found?.versions.includes(versionOf(apiVersion)) === true ? found : undefined;
    },
    resources: () => [...kinds.values()].flatMap(resourcesOf),
    define(definition) {
      const kind = definedKind(definition);
      kinds.set(formatGroupKind(kind), kind);
    },
    forget(definition) {
      kinds.delete(formatGroupKind(definedKind(definition)));
    },
  };
}

/** `apps/v1`; `v1` for the core group. */
export function apiVersionOf({ group }: Pick<ServedKind, "group">, version: string): string {
  return group === "" ? version : `${group}/${version}`;
}

/** The version objects of the kind are kept in. */
export function storageVersion(kind: ServedKind): string {
  return apiVersionOf(kind, kind.versions[0] ?? "v1");
}

function resourcesOf(kind: KnownKind): readonly ApiResource[] {
  return kind.versions.map((version, index) => ({
    group: kind.group,
    version,
    kind: kind.kind,
    resource: kind.resource,
    namespaced: kind.namespaced,
    verbs: VERBS,
    preferred: index === 0,
  }));
}

/** The kind a definition defines. The storage version comes first, whatever its name. */
function definedKind(definition: JsonObject): KnownKind {
  const versions = arrayAt(definition, "spec", "versions").filter(isJsonObject);
  const storage = versions.find((version) => version["storage"] === true) ?? versions[0] ?? {};
  const served = versions.filter((version) => version["served"] === true && version !== storage);
  const schema = objectAt(storage, "schema", "openAPIV3Schema");
  return {
    group: stringAt(definition, "spec", "group") ?? "",
    kind: stringAt(definition, "spec", "names", "kind") ?? "",
    resource: stringAt(definition, "spec", "names", "plural") ?? "",
    namespaced: stringAt(definition, "spec", "scope") !== "Cluster",
    versions: [storage, ...served].map((version) => stringAt(version, "name") ?? ""),
    hasGeneration: true,
    hasStatus: isJsonObject(objectAt(storage, "subresources")["status"]),
    shape: customShape(schema),
    schema,
  };
}
