import type { ControlPlaneSettings, IgnoredFields, KindPattern } from "../domain/control-plane-settings.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../domain/json.ts";
import { yamlOf } from "./embedded-yaml.ts";
import { createFields } from "./fields.ts";
import type { FieldPath, Notes } from "./notes.ts";

const PREFIX = "resource.customizations.";

type Customizations = Pick<ControlPlaneSettings, "ignoreDifferences" | "customHealthKinds">;

/** One customisation of one kind, wherever it was written. */
interface Customization {
  readonly type: string;
  readonly pattern: KindPattern;
  readonly value: JsonValue | undefined;
  readonly path: FieldPath;
}

/** What a customisation that is not honoured means; those of ignoreDifferences and health are read. */
const CONSEQUENCES: Readonly<Record<string, string>> = {
  actions: "Its actions cannot be run",
  ignoreResourceUpdates: "Updates of such objects are looked at all the same",
  knownTypeFields: "Its fields are compared as they are written",
};

/** `resource.customizations` and its split keys, which override it (argocd-behaviour §5.2). */
export function readCustomizations(
  data: Readonly<Record<string, string>>,
  notes: Notes,
): Partial<Customizations> {
  const customizations = [...fromMap(data, notes), ...fromSplitKeys(data, notes)];
  const ignoreDifferences: IgnoredFields[] = [];
  const customHealthKinds: KindPattern[] = [];
  for (const { type, pattern, value, path } of customizations) {
    if (type === "ignoreDifferences") {
      ignoreDifferences.push(...readIgnored({ value, pattern, path }, notes));
    } else if (type === "health" || type === "health.lua") {
      customHealthKinds.push(pattern);
      notes.notHonoured(path, "Its script is not run");
    } else if (type !== "useOpenLibs" && type !== "health.lua.useOpenLibs") {
      notes.notHonoured(path, CONSEQUENCES[type] ?? "It has no effect");
    }
  }
  return {
    ...(ignoreDifferences.length === 0 ? {} : { ignoreDifferences }),
    ...(customHealthKinds.length === 0 ? {} : { customHealthKinds }),
  };
}

/** `group/Kind: {ignoreDifferences: …, health.lua: …}`, the values being YAML texts of their own. */
function fromMap(data: Readonly<Record<string, string>>, notes: Notes): readonly Customization[] {
  const key = "resource.customizations";
  const map = yamlOf(key, data[key] ?? "", notes);
  if (map === undefined) return [];
  if (!isJsonObject(map)) {
    notes.invalid(["data", key], "is not a map of kinds");
    return [];
  }
  return Object.entries(map).flatMap(([groupKind, fields]) => {
    const pattern = patternOf(groupKind, "/");
    return Object.entries(isJsonObject(fields) ? fields : {}).map(([type, value]) => {
      const path = ["data", key, groupKind, type];
      return {
        type,
        pattern,
        path,
        value: type === "ignoreDifferences" ? nested(value, path, notes) : value,
      };
    });
  });
}

/** `resource.customizations.<type>.<group_Kind>`; `all` is every kind. */
function fromSplitKeys(data: Readonly<Record<string, string>>, notes: Notes): readonly Customization[] {
  return Object.entries(data).flatMap(([key, text]) => {
    if (!key.startsWith(PREFIX)) return [];
    const [type = "", ...rest] = key.slice(PREFIX.length).split(".");
    const pattern = patternOf(rest.join("."), "_");
    const value = type === "ignoreDifferences" ? yamlOf(key, text, notes) : text;
    return [{ type, pattern, value, path: ["data", key] }];
  });
}

function nested(value: JsonValue, path: FieldPath, notes: Notes): JsonValue | undefined {
  return typeof value === "string" ? yamlOf(path.slice(1).join("."), value, notes) : value;
}

function patternOf(text: string, separator: string): KindPattern {
  if (text === "all") return { group: "*", kind: "*" };
  const at = text.lastIndexOf(separator);
  return at === -1 ? { group: "", kind: text } : { group: text.slice(0, at), kind: text.slice(at + 1) };
}

function readIgnored(
  { value, pattern, path }: Pick<Customization, "value" | "pattern" | "path">,
  notes: Notes,
): readonly IgnoredFields[] {
  if (value === undefined || value === null) return [];
  if (!isJsonObject(value)) {
    notes.invalid(path, "is not an object");
    return [];
  }
  return [ignoredFields(value, { pattern, path, notes })];
}

function ignoredFields(
  value: JsonObject,
  {
    pattern,
    path,
    notes,
  }: { readonly pattern: KindPattern; readonly path: FieldPath; readonly notes: Notes },
): IgnoredFields {
  const fields = createFields(value, path, notes);
  const jsonPointers = fields.strings("jsonPointers") ?? [];
  for (const name of ["jqPathExpressions", "managedFieldsManagers"]) {
    if ((fields.strings(name) ?? []).length === 0) continue;
    notes.notHonoured(fields.at(name), "What it would leave alone is compared, and a sync overwrites it");
  }
  fields.done();
  return { ...pattern, jsonPointers };
}
