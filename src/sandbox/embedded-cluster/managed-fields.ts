import type { JsonObject } from "../../domain/json.ts";
import {
  childOf,
  type FieldSet,
  fieldSet,
  isEmptySet,
  subtract,
  toFieldsV1,
  unionOf,
  WHOLE,
} from "./field-set.ts";
import { compact } from "./json-edit.ts";

/** Who last wrote fields, how, and which: one entry of `metadata.managedFields`. */
export interface FieldManager {
  readonly manager: string;
  readonly operation: "Apply" | "Update";
  readonly apiVersion: string;
  /** RFC 3339, seconds. */
  readonly time: string;
  readonly subresource: "" | "status" | "scale";
  readonly fields: FieldSet;
}

export type ManagerIdentity = Pick<FieldManager, "manager" | "operation" | "subresource">;

export function isSameManager(a: ManagerIdentity, b: ManagerIdentity): boolean {
  return a.manager === b.manager && a.operation === b.operation && a.subresource === b.subresource;
}

/** The entries with `entry` in the place of its manager's former one, empty ones dropped. Applies come first. */
export function withManager(managers: readonly FieldManager[], entry: FieldManager): readonly FieldManager[] {
  const others = managers.filter((other) => !isSameManager(other, entry));
  return sorted([...others, entry]);
}

/** The entries after `writer` wrote and removed fields: what it wrote is its own now, what it removed nobody's. */
export function afterUpdate(
  managers: readonly FieldManager[],
  writer: Omit<FieldManager, "fields">,
  { written, removed }: { readonly written: FieldSet; readonly removed: FieldSet },
): readonly FieldManager[] {
  const touched = unionOf(written, removed);
  if (isEmptySet(touched)) return managers;
  const own = managers.find((other) => isSameManager(other, writer));
  const others = managers
    .filter((other) => other !== own)
    .map((other) => ({ ...other, fields: subtract(other.fields, touched) }));
  const fields = subtract(own === undefined ? written : unionOf(own.fields, written), removed);
  return sorted([...others, { ...writer, fields }]);
}

/** `metadata.managedFields` as the server writes it. */
export function managedFieldsOf(managers: readonly FieldManager[]): readonly JsonObject[] {
  return managers.map(({ fields, subresource, ...entry }) =>
    compact({
      manager: entry.manager,
      operation: entry.operation,
      apiVersion: entry.apiVersion,
      time: entry.time,
      fieldsType: "FieldsV1",
      fieldsV1: toFieldsV1(inVersion(fields, entry.apiVersion)),
      subresource: subresource === "" ? undefined : subresource,
    }),
  );
}

/** Fields as the manager's own API version calls them; they are kept as the storage version does. */
function inVersion(fields: FieldSet, apiVersion: string): FieldSet {
  if (apiVersion !== "autoscaling/v1") return fields;
  const spec = [...childOf(fields, "f:spec").children].map(([step, child]) => {
    if (step === "f:metrics") return ["f:targetCPUUtilizationPercentage", WHOLE] as const;
    return step === "f:scaleTargetRef" ? ([step, WHOLE] as const) : ([step, child] as const);
  });
  const children = new Map(fields.children);
  if (spec.length > 0) children.set("f:spec", { ...childOf(fields, "f:spec"), children: new Map(spec) });
  return { ...fields, children };
}

/** Fields nobody owns: identity, and what the server itself counts. */
export function withoutServerFields(set: FieldSet): FieldSet {
  const children = [...set.children]
    .filter(([step]) => step !== "f:apiVersion" && step !== "f:kind")
    .map(([step, child]) => [step, step === "f:metadata" ? withoutIdentity(child) : child] as const);
  return fieldSet(false, children);
}

const SERVER_METADATA = new Set(
  [
    "name",
    "namespace",
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "selfLink",
    "managedFields",
  ].map((name) => `f:${name}`),
);

function withoutIdentity({ children }: FieldSet): FieldSet {
  return fieldSet(
    false,
    [...children].filter(([step]) => !SERVER_METADATA.has(step)),
  );
}

function sorted(managers: readonly FieldManager[]): readonly FieldManager[] {
  const held = managers.filter(({ fields }) => !isEmptySet(fields));
  return [
    ...held.filter(({ operation }) => operation === "Apply"),
    ...held.filter(({ operation }) => operation === "Update"),
  ];
}
