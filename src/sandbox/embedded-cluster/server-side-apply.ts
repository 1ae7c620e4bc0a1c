import type { JsonObject } from "../../domain/json.ts";
import { ApiFailure } from "./api-failure.ts";
import {
  type FieldSet,
  formatPaths,
  intersect,
  isEmptySet,
  NO_FIELDS,
  subtract,
  unionOf,
} from "./field-set.ts";
import { type FieldManager, isSameManager, withManager, withoutServerFields } from "./managed-fields.ts";
import { mergeFields, removeFields, unionOfAll, withNamedFields } from "./merge-fields.ts";
import type { Shape } from "./shapes.ts";
import { appliedFields, changedFields } from "./typed-fields.ts";

/** An object and who owns its fields. `object` is without `metadata.managedFields`. */
export interface OwnedObject {
  readonly object: JsonObject;
  readonly managers: readonly FieldManager[];
}

export interface ApplyRequest {
  /** What is applied: without nulls, without what the server itself writes. */
  readonly applied: JsonObject;
  readonly applier: Omit<FieldManager, "fields" | "operation">;
  /** `forced` takes fields over from other managers; `polite` fails where that would be needed. */
  readonly conflicts: "forced" | "polite";
  readonly shape: Shape;
}

/**
 * Server-side apply: lays the applied fields over the live object, takes out those that the applier owned, applies no
 * more and nobody else owns, and says who owns what after it. Defaults come after this, and belong to nobody.
 *
 * @throws ApiFailure FieldConflict
 */
export function serverSideApply(live: OwnedObject, request: ApplyRequest): OwnedObject {
  const { applied, shape } = request;
  const applier = { ...request.applier, operation: "Apply" as const };
  const own = live.managers.find((other) => isSameManager(other, applier));
  const others = live.managers.filter((other) => other !== own);
  const named = appliedFields(applied, shape);
  const fields = withoutServerFields(named);

  const merged = asObject(mergeFields(live.object, applied, shape));
  const taken = changedFields(live.object, merged, shape).written;
  if (request.conflicts === "polite") refuseConflicts(others, taken);
  const rest = others.map((other) => ({ ...other, fields: subtract(other.fields, taken) }));

  const object = removeFields(
    merged,
    fieldsToRemove(own?.fields ?? NO_FIELDS, named, { rest, shape }),
    shape,
  );
  const { removed } = changedFields(merged, object, shape);
  const remaining = rest.map((other) => ({ ...other, fields: subtract(other.fields, removed) }));
  return { object, managers: withManager(remaining, { ...applier, fields }) };
}

/** What the applier gives up, and what must stay because it, or someone else, holds it. */
function fieldsToRemove(
  before: FieldSet,
  now: FieldSet,
  { rest, shape }: { readonly rest: readonly FieldManager[]; readonly shape: Shape },
): { readonly gone: FieldSet; readonly kept: FieldSet } {
  const kept = unionOf(unionOfAll(rest.map(({ fields }) => fields)), now);
  const named = withNamedFields(kept, shape);
  return { gone: subtract(withNamedFields(before, shape), named), kept: named };
}

function refuseConflicts(others: readonly FieldManager[], taken: FieldSet): void {
  const conflicts = others.flatMap(({ manager, apiVersion, fields }) => {
    const shared = intersect(fields, taken);
    return isEmptySet(shared)
      ? []
      : formatPaths(shared).map((path) => `conflict with "${manager}" using ${apiVersion}: ${path}`);
  });
  if (conflicts.length === 0) return;
  const count = conflicts.length === 1 ? "1 conflict" : `${conflicts.length} conflicts`;
  throw new ApiFailure("FieldConflict", `Apply failed with ${count}: ${conflicts.join("\n")}`);
}

function asObject(value: unknown): JsonObject {
  return value as JsonObject;
}
