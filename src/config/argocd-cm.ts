import type { ControlPlaneSettings, ResourceFilter } from "../domain/control-plane-settings.ts";
import type { JsonObject } from "../domain/json.ts";
import { isJsonArray, isJsonObject } from "../domain/json.ts";
import { parseKustomizeOptions } from "../domain/kustomize-options.ts";
import { yamlOf } from "./embedded-yaml.ts";
import { createFields, type Fields, present } from "./fields.ts";
import type { Notes } from "./notes.ts";
import { readCustomizations } from "./resource-customizations.ts";

type Data = Readonly<Record<string, string>>;

/** Keys that are read for what they decide; everything else of `argocd-cm` has no effect and is listed. */
const READ_KEYS = new Set([
  "application.instanceLabelKey",
  "application.resourceTrackingMethod",
  "cluster.inClusterEnabled",
  "globalProjects",
  "helm.valuesFileSchemes",
  "installationID",
  "kustomize.buildOptions",
  "plumbline.freeze",
  "resource.compareoptions",
  "resource.customizations",
  "resource.exclusions",
  "resource.inclusions",
  "timeout.reconciliation",
]);

/** What a key that is honoured in part, or otherwise, means for the user. */
const NOT_HONOURED: Readonly<Record<string, string>> = {
  "application.instanceLabelKey": "Objects are tracked by annotation, no label is written",
  globalProjects: "Projects inherit nothing from others",
  "helm.valuesFileSchemes": "Value files are read from repositories only",
  installationID: "Objects are recognised by their tracking annotation alone",
  "timeout.reconciliation": "`PLUMBLINE_RECONCILE_SECONDS` decides how often everything is looked at",
};

/** `argocd-cm`, as far as it decides what is compared and synced. */
export function readArgocdCm(data: Data, notes: Notes): Partial<ControlPlaneSettings> {
  for (const [key, consequence] of Object.entries(NOT_HONOURED)) {
    if ((data[key] ?? "").trim() !== "") notes.notHonoured(["data", key], consequence);
  }
  checkTrackingMethod(data, notes);
  checkBuildOptions(data, notes);
  nameUnread(data, notes);
  const schemes = (data["helm.valuesFileSchemes"] ?? "").split(",").map((scheme) => scheme.trim());
  return present<Partial<ControlPlaneSettings>>({
    resourceExclusions: readFilters("resource.exclusions", data, notes),
    resourceInclusions: readFilters("resource.inclusions", data, notes),
    ...readCompareOptions(data, notes),
    ...readCustomizations(data, notes),
    kustomizeBuildOptions: data["kustomize.buildOptions"]?.trim(),
    helmValuesFileSchemes: schemes[0] === "" ? undefined : schemes,
    freeze: readFreeze(data),
    isInClusterEnabled: data["cluster.inClusterEnabled"]?.trim() === "false" ? false : undefined,
  });
}

/** The one key of our own: whatever it says, but `false`, stops all writes, and is shown as the reason. */
function readFreeze(data: Data): string | undefined {
  const reason = data["plumbline.freeze"]?.trim();
  return reason === "false" ? "" : reason;
}

function checkTrackingMethod(data: Data, notes: Notes): void {
  const key = "application.resourceTrackingMethod";
  const method = (data[key] ?? "").trim();
  if (method === "" || method === "annotation") return;
  if (method === "annotation+label") {
    notes.notHonoured(["data", key], "Objects are tracked by annotation, no label is written");
    return;
  }
  notes.invalid(
    ["data", key],
    "is not `annotation`: objects tracked otherwise are not recognised as managed",
  );
}

function checkBuildOptions(data: Data, notes: Notes): void {
  const key = "kustomize.buildOptions";
  const { ignored } = parseKustomizeOptions(data[key] ?? "");
  if (ignored.length === 0) return;
  const names = ignored.map((option) => `\`${option}\``).join(", ");
  notes.notHonoured(
    ["data", key],
    `These options have no effect: ${names}; what would run a program or fetch something is refused by name`,
  );
}

function nameUnread(data: Data, notes: Notes): void {
  const unread = Object.keys(data).filter(
    (key) => !READ_KEYS.has(key) && !key.startsWith("resource.customizations."),
  );
  if (unread.length === 0) return;
  const names = unread.sort().map((key) => `\`${key}\``);
  notes.notHonoured(["data"], `These keys have no effect: ${names.join(", ")}`);
}

function readFilters(key: string, data: Data, notes: Notes): readonly ResourceFilter[] | undefined {
  const text = data[key];
  if (text === undefined) return undefined;
  const value = yamlOf(key, text, notes) ?? [];
  if (!isJsonArray(value) || !value.every(isJsonObject)) {
    notes.invalid(["data", key], "is not a list of objects");
    return undefined;
  }
  return value.map((item, index) => readFilter(createFields(item, ["data", key, String(index)], notes)));
}

function readFilter(fields: Fields): ResourceFilter {
  const filter = {
    apiGroups: fields.strings("apiGroups") ?? [],
    kinds: fields.strings("kinds") ?? [],
    clusters: fields.strings("clusters") ?? [],
  };
  fields.done();
  return filter;
}

function readCompareOptions(
  data: Data,
  notes: Notes,
): Partial<Pick<ControlPlaneSettings, "ignoreAggregatedRoles" | "ignoreResourceStatusField">> {
  const key = "resource.compareoptions";
  const value = yamlOf(key, data[key] ?? "", notes);
  if (value === undefined) return {};
  if (!isJsonObject(value)) {
    notes.invalid(["data", key], "is not an object");
    return {};
  }
  return compareOptions(value, { key, notes });
}

function compareOptions(
  value: JsonObject,
  { key, notes }: { readonly key: string; readonly notes: Notes },
): Partial<Pick<ControlPlaneSettings, "ignoreAggregatedRoles" | "ignoreResourceStatusField">> {
  const fields = createFields(value, ["data", key], notes);
  // `off` and `none` unquoted: the first is YAML for `false`.
  const status = fields.raw("ignoreResourceStatusField") ?? "";
  const known = { "": undefined, all: "all", crd: "crd", none: "none", off: "none", false: "none" } as const;
  const text = typeof status === "string" || status === false ? String(status) : "?";
  const ignoreResourceStatusField = Object.hasOwn(known, text)
    ? known[text as keyof typeof known]
    : undefined;
  if (!Object.hasOwn(known, text))
    fields.invalid("ignoreResourceStatusField", "is neither `all`, `crd` nor `none`");
  const ignoreAggregatedRoles = fields.boolean("ignoreAggregatedRoles");
  fields.boolean("ignoreDifferencesOnResourceUpdates");
  fields.done();
  return present({ ignoreAggregatedRoles, ignoreResourceStatusField });
}
