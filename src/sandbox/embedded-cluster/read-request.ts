import { isJsonObject, type JsonObject, stringAt } from "../../domain/json.ts";
import { ApiFailure } from "./api-failure.ts";
import type { KnownKind } from "./kind-registry.ts";
import { type DecodeProblem, decodeProblems, withoutUnknownFields } from "./validation/decode.ts";

/**
 * An object in a request, as the server reads it.
 *
 * @throws ApiFailure BadRequest for what cannot be read, and for unknown fields where they are not to be dropped.
 */
export function decodeObject(
  kind: KnownKind,
  object: JsonObject,
  unknownFields: "refused" | "dropped",
): JsonObject {
  const problems = decodeProblems(object, kind.shape, { naming: "byPosition" });
  const serious = problems.find((problem) => problem.kind === "wrongType");
  if (serious !== undefined)
    throw unreadable(kind, object, `json: ${serious.path.slice(1)}: ${serious.detail}`);
  const unknown = problems.filter((problem) => problem.kind === "unknownField");
  if (unknown.length === 0) return object;
  if (unknownFields === "dropped") {
    const known = withoutUnknownFields(object, kind.shape);
    return isJsonObject(known) ? known : {};
  }
  const fields = unknown.map(({ path }) => `unknown field "${path.slice(1)}"`).join(", ");
  throw unreadable(kind, object, `strict decoding error: ${fields}`);
}

/** What a typed apply cannot take: unknown fields, other types, repeated keys. @throws ApiFailure BadRequest */
export function refuseUntyped(kind: KnownKind, applied: JsonObject): void {
  const problems = decodeProblems(applied, kind.shape, { naming: "byKey" });
  if (problems.length === 0) return;
  const name = stringAt(applied, "metadata", "name") ?? "";
  const namespace = stringAt(applied, "metadata", "namespace") ?? "";
  const apiVersion = stringAt(applied, "apiVersion") ?? "";
  const groupVersion = apiVersion.includes("/") ? apiVersion : `/${apiVersion}`;
  throw new ApiFailure(
    "BadRequest",
    `failed to create typed patch object (${namespace}/${name}; ${groupVersion}, Kind=${kind.kind}): ${problems.map(describe).join("\n")}`,
  );
}

function describe({ kind, path, detail }: DecodeProblem): string {
  return kind === "unknownField" ? `${path}: field not declared in schema` : `${path}: ${detail}`;
}

function unreadable({ kind }: KnownKind, object: JsonObject, problem: string): ApiFailure {
  const version = (stringAt(object, "apiVersion") ?? "").split("/").at(-1);
  return new ApiFailure(
    "BadRequest",
    `${kind} in version "${version}" cannot be handled as a ${kind}: ${problem}`,
  );
}
