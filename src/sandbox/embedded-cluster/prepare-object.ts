import { equalJson, isJsonObject, type JsonObject, objectAt, stringAt } from "../../domain/json.ts";
import { formatGroupKind } from "../../domain/resource-key.ts";
import { ApiFailure } from "./api-failure.ts";
import { schemaViolations, withSchemaDefaults } from "./crd-schema.ts";
import { type Allocator, allocateService, carryOver, completeCreated } from "./defaults/create-defaults.ts";
import { defaultObject } from "./defaults/object-defaults.ts";
import { compact } from "./json-edit.ts";
import type { KindRegistry, KnownKind } from "./kind-registry.ts";
import type { ObjectStore, StoredObject } from "./object-store.ts";
import { decodeProblems, withoutUnknownFields } from "./validation/decode.ts";
import { immutableViolations } from "./validation/immutable-fields.ts";
import { objectViolations } from "./validation/object-rules.ts";

/** What the parts of one embedded server share. */
export interface ServerState {
  readonly store: ObjectStore;
  readonly kinds: KindRegistry;
  readonly allocator: Allocator;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Metadata only the server writes. */
const SERVER_METADATA = [
  "uid",
  "resourceVersion",
  "generation",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
  "selfLink",
] as const;

/**
 * The object as the server will keep it: read, completed with defaults and what the server knows itself, checked.
 * Without `managedFields`, and with the live object's version.
 *
 * @throws ApiFailure Invalid
 */
export function prepareObject(
  state: ServerState,
  { kind, live }: { readonly kind: KnownKind; readonly live: StoredObject | undefined },
  object: JsonObject,
): JsonObject {
  const written = withServerMetadata(state, live, object);
  const defaulted = withDefaultsOf(
    kind,
    live === undefined ? written : carryOver(kind, live.object, written),
  );
  const completed =
    live === undefined ? completeCreated(kind, defaulted, state.allocator) : updated(state, live, defaulted);
  const violations = [
    ...objectViolations(kind, completed),
    ...(kind.schema === undefined ? [] : schemaViolations(completed, kind.schema)),
    ...(live === undefined ? [] : immutableViolations(kind, live.object, completed)),
  ];
  if (violations.length > 0) throw invalid(kind, completed, violations);
  return completed;
}

/** @throws ApiFailure BadRequest for what cannot be read, and for unknown fields where they are not to be dropped. */
export function decodeObject(
  kind: KnownKind,
  object: JsonObject,
  unknownFields: "refused" | "dropped",
): JsonObject {
  const problems = decodeProblems(object, kind.shape);
  const serious = problems.find((problem) => problem.kind === "wrongType");
  if (serious !== undefined) {
    const { name } = nameOf(object);
    throw new ApiFailure(
      "BadRequest",
      `${kind.kind} "${name}" cannot be handled as a ${kind.kind}: ${serious.path.slice(1)}: ${serious.detail}`,
    );
  }
  const unknown = problems.filter((problem) => problem.kind === "unknownField");
  if (unknown.length === 0) return object;
  if (unknownFields === "dropped") return asObject(withoutUnknownFields(object, kind.shape));
  const fields = unknown.map(({ path }) => `unknown field "${path.slice(1)}"`).join(", ");
  throw new ApiFailure("BadRequest", `strict decoding error: ${fields}`);
}

/** What a typed apply cannot take: unknown fields, other types, repeated keys. @throws ApiFailure BadRequest */
export function refuseUntyped(kind: KnownKind, applied: JsonObject): void {
  const problems = decodeProblems(applied, kind.shape);
  if (problems.length === 0) return;
  const { name, namespace } = nameOf(applied);
  const place = namespace === "" ? `/${name}` : `${namespace}/${name}`;
  const details = problems.map(({ path, ...problem }) =>
    problem.kind === "unknownField" ? `${path}: field not declared in schema` : `${path}: ${problem.detail}`,
  );
  throw new ApiFailure(
    "BadRequest",
    `failed to create typed patch object (${place}; ${stringAt(applied, "apiVersion")}, Kind=${kind.kind}): ${details.join("\n")}`,
  );
}

export function invalid(kind: KnownKind, object: JsonObject, violations: readonly string[]): ApiFailure {
  const text = violations.length === 1 ? violations.join("") : `[${violations.join(", ")}]`;
  return new ApiFailure("Invalid", `${formatGroupKind(kind)} "${nameOf(object).name}" is invalid: ${text}`);
}

/** RFC 3339 with seconds, as Kubernetes writes times. */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
}

/** `status` is what it was: it is written by way of its subresource only. */
function updated({ allocator }: ServerState, live: StoredObject, object: JsonObject): JsonObject {
  const { kind } = live;
  const allocated = formatGroupKind(kind) === "Service" ? allocateService(object, allocator) : object;
  if (!kind.hasStatus) return allocated;
  const { status: _status, ...rest } = allocated;
  const { status } = live.object;
  return status === undefined ? rest : { ...rest, status };
}

function withServerMetadata(
  state: ServerState,
  live: StoredObject | undefined,
  object: JsonObject,
): JsonObject {
  const { managedFields: _fields, ...metadata } = objectAt(object, "metadata");
  const own = objectAt(live?.object, "metadata");
  const kept =
    live === undefined
      ? { uid: state.allocator.uid(), creationTimestamp: timestamp(state.now()) }
      : compact(Object.fromEntries(SERVER_METADATA.map((name) => [name, own[name]])));
  const others = Object.entries(metadata).filter(
    ([name]) => !SERVER_METADATA.some((field) => field === name),
  );
  return { ...object, metadata: withoutEmpty({ ...Object.fromEntries(others), ...kept }) };
}

function withDefaultsOf(kind: KnownKind, object: JsonObject): JsonObject {
  if (kind.schema === undefined) return defaultObject(kind, object);
  return asObject(withSchemaDefaults(withoutUnknownFields(object, kind.shape), kind.schema));
}

/** Typed metadata has no empty maps and lists. */
function withoutEmpty(metadata: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(metadata).filter(([, value]) => !equalJson(value, {}) && !equalJson(value, [])),
  );
}

function nameOf(object: JsonObject): { readonly name: string; readonly namespace: string } {
  return {
    name: stringAt(object, "metadata", "name") ?? "",
    namespace: stringAt(object, "metadata", "namespace") ?? "",
  };
}

function asObject(value: unknown): JsonObject {
  return isJsonObject(value as JsonObject) ? (value as JsonObject) : {};
}
