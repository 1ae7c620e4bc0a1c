import { equalJson, isJsonObject, type JsonObject, objectAt, stringAt } from "../../domain/json.ts";
import { formatGroupKind } from "../../domain/resource-key.ts";
import { ApiFailure } from "./api-failure.ts";
import { schemaViolations, withSchemaDefaults } from "./crd-schema.ts";
import { type Allocator, allocateService, carryOver, completeCreated } from "./defaults/create-defaults.ts";
import { defaultObject } from "./defaults/object-defaults.ts";
import { compact } from "./json-edit.ts";
import type { KindRegistry, KnownKind } from "./kind-registry.ts";
import type { ObjectStore, StoredObject } from "./object-store.ts";
import { withoutEmptyFields } from "./typed-values.ts";
import { withoutUnknownFields } from "./validation/decode.ts";
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

/** An object the server may keep. */
export interface PreparedObject {
  readonly object: JsonObject;
  /** The part of it that its writer may own: not what the server made up when it was created. */
  readonly owned: JsonObject;
}

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
): PreparedObject {
  const written = withServerMetadata(state, live, object);
  const owned = withDefaultsOf(kind, live === undefined ? written : carryOver(kind, live.object, written));
  const completed =
    live === undefined ? completeCreated(kind, owned, state.allocator) : updated(state, live, owned);
  const violations = [
    ...objectViolations(kind, completed),
    ...(kind.schema === undefined ? [] : schemaViolations(completed, kind.schema)),
    ...(live === undefined ? [] : immutableViolations(kind, live.object, completed)),
  ];
  if (violations.length > 0) throw invalid(kind, completed, violations);
  return { object: completed, owned: live === undefined ? owned : completed };
}

function invalid(kind: KnownKind, object: JsonObject, violations: readonly string[]): ApiFailure {
  const text = violations.length === 1 ? violations.join("") : `[${violations.join(", ")}]`;
  return new ApiFailure(
    "Invalid",
    `${formatGroupKind(kind)} "${stringAt(object, "metadata", "name") ?? ""}" is invalid: ${text}`,
  );
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
  if (kind.schema === undefined) return defaultObject(kind, withoutEmptyFields(object, kind.shape));
  return asObject(withSchemaDefaults(withoutUnknownFields(object, kind.shape), kind.schema));
}

/** Typed metadata has no empty maps and lists. */
function withoutEmpty(metadata: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(metadata).filter(([, value]) => !equalJson(value, {}) && !equalJson(value, [])),
  );
}

function asObject(value: unknown): JsonObject {
  return isJsonObject(value as JsonObject) ? (value as JsonObject) : {};
}
