import { FIELD_MANAGER } from "../../src/domain/cluster.ts";
import { HOOK_FINALIZER } from "../../src/domain/hooks.ts";
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from "../../src/domain/json.ts";
import {
  type LiveManifest,
  liveManifestOf,
  manifestOf,
  type TargetManifest,
  withMetadata,
} from "../../src/domain/manifest.ts";
import { indexItems, listStrategyAt } from "../../src/domain/merge-keys.ts";
import { sha256 } from "../../src/domain/sha256.ts";
import { withTracking } from "../../src/domain/tracking.ts";

/**
 * A one-line language for objects, so that tables read as sentences:
 *
 *     ConfigMap/settings=2{wave:1,ns:other} Job/migrate{hook:PreSync,policy:HookSucceeded+HookFailed}
 *
 * `=2` is the object's content; attributes in braces are below. Objects belong to Application `shop`, in namespace
 * `shop`, unless they say otherwise.
 */
export function targets(text: string): readonly TargetManifest[] {
  return tokens(text).map((token) => {
    const manifest = { ...manifestOf(token.object), digest: sha256(token.text) };
    return withTracking(manifest, { instanceName: "shop", namespace: "shop" });
  });
}

/** The same language for live objects: applied by us, server-side, and tracked; `by:nobody` and `by:kubectl` are not. */
export function lives(text: string): readonly LiveManifest[] {
  return tokens(text).map(({ object, attributes }) => {
    const tracked = withTracking(manifestOf(object), {
      instanceName: attributes.get("app") ?? "shop",
      namespace: "shop",
    }).object;
    const isTracked = attributes.get("app") !== "none";
    const plain = isTracked ? tracked : object;
    const id = attributes.get("uid") ?? `uid-${sha256(JSON.stringify(manifestOf(object).key)).slice(0, 8)}`;
    const by = attributes.get("by") ?? FIELD_MANAGER;
    const owned = by === "nobody" ? plain : asApplied(plain, by);
    return liveManifestOf(withMetadata(owned, { uid: id, resourceVersion: "1" }));
  });
}

/** The object with the ownership that a server-side apply of it leaves behind. */
export function asApplied(object: JsonObject, manager: string = FIELD_MANAGER): JsonObject {
  const { apiVersion: _version, kind: _kind, ...fields } = object;
  const { name: _name, namespace: _namespace, ...metadata } = (fields["metadata"] ?? {}) as JsonObject;
  const entry = {
    manager,
    operation: "Apply",
    apiVersion: object["apiVersion"] ?? "v1",
    fieldsType: "FieldsV1",
    fieldsV1: fieldsOf({ ...fields, metadata }, ""),
  };
  return withManagedFields(object, [entry]);
}

export function withManagedFields(object: JsonObject, entries: readonly JsonObject[]): JsonObject {
  return { ...object, metadata: { ...(object["metadata"] as JsonObject), managedFields: entries } };
}

function fieldsOf(value: JsonValue, pointer: string): JsonObject {
  if (isJsonObject(value)) {
    const children = Object.entries(value).map(
      ([name, child]) => [`f:${name}`, fieldsOf(child, `${pointer}/${name}`)] as const,
    );
    return Object.fromEntries(children);
  }
  if (!isJsonArray(value)) return {};
  const strategy = listStrategyAt(pointer);
  if (strategy === "atomic") return {};
  if (strategy === "set") return Object.fromEntries(value.map((item) => [`v:${JSON.stringify(item)}`, {}]));
  const items = [...(indexItems(value, strategy) ?? [])].map(
    ([keys, { item, index }]) =>
      [`k:${keys}`, { ".": {}, ...fieldsOf(item, `${pointer}/${index}`) }] as const,
  );
  return Object.fromEntries(items);
}

const API_VERSIONS: Readonly<Record<string, string>> = {
  Application: "argoproj.io/v1alpha1",
  ClusterRole: "rbac.authorization.k8s.io/v1",
  CronJob: "batch/v1",
  CustomResourceDefinition: "apiextensions.k8s.io/v1",
  DaemonSet: "apps/v1",
  Deployment: "apps/v1",
  Ingress: "networking.k8s.io/v1",
  Job: "batch/v1",
  Role: "rbac.authorization.k8s.io/v1",
  StatefulSet: "apps/v1",
  Widget: "example.com/v1",
};

const CLUSTER_KINDS = ["ClusterRole", "CustomResourceDefinition", "Namespace", "PersistentVolume"];

const ANNOTATIONS: Readonly<Record<string, string>> = {
  compare: "argocd.argoproj.io/compare-options",
  helm: "helm.sh/hook",
  helmpolicy: "helm.sh/hook-delete-policy",
  hook: "argocd.argoproj.io/hook",
  keep: "helm.sh/resource-policy",
  opt: "argocd.argoproj.io/sync-options",
  policy: "argocd.argoproj.io/hook-delete-policy",
  wave: "argocd.argoproj.io/sync-wave",
  weight: "helm.sh/hook-weight",
};

interface Token {
  readonly text: string;
  readonly object: JsonObject;
  readonly attributes: ReadonlyMap<string, string>;
}

function tokens(text: string): readonly Token[] {
  return text.split(" ").filter(Boolean).map(readToken);
}

function readToken(text: string): Token {
  const match = /^(?<kind>\w+)\/(?<name>[^={]*)(?:=(?<content>\w+))?(?:\{(?<attributes>.*)\})?$/.exec(text);
  if (match?.groups === undefined) throw new Error(`not an object: ${text}`);
  const { kind = "", name = "", content = "1", attributes: list = "" } = match.groups;
  const attributes = new Map(
    list
      .split(",")
      .filter(Boolean)
      .map((pair): [string, string] => {
        const colon = pair.indexOf(":");
        return [pair.slice(0, colon), pair.slice(colon + 1).replaceAll("+", ",")];
      }),
  );
  const annotations = Object.fromEntries(
    [...attributes].flatMap(([key, value]) => {
      const annotation = ANNOTATIONS[key];
      return annotation === undefined ? [] : [[annotation, value]];
    }),
  );
  const namespace = CLUSTER_KINDS.includes(kind) ? undefined : (attributes.get("ns") ?? "shop");
  const generated = attributes.get("generate");
  const metadata: JsonObject = {
    ...(generated === undefined ? { name } : { generateName: generated }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    ...(attributes.get("finalizer") === "hook" ? { finalizers: [HOOK_FINALIZER] } : {}),
  };
  const apiVersion = attributes.get("api") ?? API_VERSIONS[kind] ?? "v1";
  return { text, attributes, object: { apiVersion, kind, metadata, ...bodyOf(kind, content, name) } };
}

function bodyOf(kind: string, content: string, name: string): JsonObject {
  if (kind === "CustomResourceDefinition") {
    const [plural = "", ...group] = name.split(".");
    const singular = plural.replace(/s$/, "");
    const defined = singular.charAt(0).toUpperCase() + singular.slice(1);
    return { spec: { group: group.join("."), names: { kind: defined, plural }, scope: "Namespaced" } };
  }
  return kind === "ConfigMap" ? { data: { content } } : { spec: { content } };
}
