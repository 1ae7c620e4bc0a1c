import type { ApplicationSource } from "../domain/application.ts";
import { parseRepositoryUrl, type RepositoryProtocol } from "../domain/repository-url.ts";
import type { Fields } from "./fields.ts";
import { present } from "./fields.ts";
import type { Notes } from "./notes.ts";
import { readDirectory, readHelm, readKustomize } from "./source-tools.ts";

export interface SourcesReading {
  /** Absent where the Application has none. */
  readonly sources?: readonly ApplicationSource[];
  readonly isMultiSource: boolean;
}

interface SourceOptions {
  readonly notes: Notes;
  readonly protocols: readonly RepositoryProtocol[] | undefined;
}

/** `sources` wins over `source`, `sourceHydrator` over both (argocd-behaviour §1.1). */
export function readSources(spec: Fields, options: SourceOptions): SourcesReading {
  const { notes } = options;
  if (spec.has("sourceHydrator")) {
    notes.cannotBeRendered(spec.at("sourceHydrator"), "A hydrated source");
    spec.raw("source");
    spec.raw("sources");
    return { isMultiSource: false };
  }
  const list = spec.objects("sources");
  const isMultiSource = list !== undefined && list.length > 0;
  if (isMultiSource) {
    if (spec.has("source")) notes.notHonoured(spec.at("source"), "`sources` is used instead");
    const sources = list.map((fields) => readSource(fields, { ...options, isMultiSource }));
    checkNames(list, sources, notes);
    return { sources, isMultiSource };
  }
  const single = spec.object("source");
  if (single === undefined) {
    if (!spec.has("source")) spec.invalid("source", "is missing, and so is `spec.sources`");
    return { isMultiSource };
  }
  return { sources: [readSource(single, { ...options, isMultiSource })], isMultiSource };
}

function readSource(
  fields: Fields,
  { notes, protocols, isMultiSource }: SourceOptions & { readonly isMultiSource: boolean },
): ApplicationSource {
  const targetRevision = fields.text("targetRevision");
  const source = {
    repoURL: fields.required("repoURL").trim(),
    path: fields.text("path"),
    chart: fields.text("chart"),
    targetRevision: targetRevision === "" ? "HEAD" : targetRevision,
    ref: fields.text("ref"),
    name: fields.text("name"),
    ...readTools(fields, notes),
  };
  if (/^oci:\/\//i.test(source.repoURL)) notes.cannotBeRendered(fields.at("repoURL"), "An OCI artifact");
  else checkRepoUrl(fields, source, protocols);
  checkPath(fields, source.path);
  checkRef(fields, source.ref);
  if (source.path === "" && source.chart === "" && (source.ref === "" || !isMultiSource)) {
    notes.invalid(
      fields.path,
      `names nothing to render: it needs \`path\`${isMultiSource ? " or `ref`" : ""}`,
    );
  }
  if (source.chart !== "" && targetRevision === "") {
    fields.invalid("targetRevision", "is missing: a chart needs a version");
  }
  if (source.chart !== "") notes.cannotBeRendered(fields.at("chart"), "A chart of a Helm repository");
  if (fields.text("tagPrefix") !== "") {
    notes.cannotBeRendered(fields.at("tagPrefix"), "A revision chosen among tags of one prefix");
  }
  fields.done();
  return source;
}

/** At most one tool's block may be left once empty ones are removed (argocd-behaviour §1.2). */
function readTools(
  fields: Fields,
  notes: Notes,
): Pick<ApplicationSource, "helm" | "kustomize" | "directory"> {
  if (fields.has("plugin"))
    notes.cannotBeRendered(fields.at("plugin"), "A config management plugin's output");
  const tools = present<Pick<ApplicationSource, "helm" | "kustomize" | "directory">>({
    helm: readHelm(fields, notes),
    kustomize: readKustomize(fields, notes),
    directory: readDirectory(fields, notes),
  });
  const names = Object.keys(tools);
  if (names.length > 1) {
    notes.invalid(fields.path, `has blocks for more than one tool: ${names.join(", ")}`);
  }
  return tools;
}

/** Refused before Git ever sees it (T077). A chart's registry is no Git URL and is not fetched from. */
function checkRepoUrl(
  fields: Fields,
  { repoURL, chart }: { readonly repoURL: string; readonly chart: string },
  protocols: readonly RepositoryProtocol[] | undefined,
): void {
  if (repoURL === "" || chart !== "") return;
  const url = parseRepositoryUrl(repoURL, protocols);
  if (url.kind === "refused") {
    fields.invalid("repoURL", `is not a repository URL that may be used: ${url.problem}`);
  }
}

function checkPath(fields: Fields, path: string): void {
  if (path.startsWith("/")) fields.invalid("path", "is absolute: it must be relative to the repository");
  if (path.split("/").includes("..")) fields.invalid("path", "leaves the repository by `..`");
  if (/[\u0000-\u001f\u007f]/.test(path)) fields.invalid("path", "contains a control character");
}

function checkRef(fields: Fields, ref: string): void {
  if (ref !== "" && !/^[A-Za-z0-9_-]+$/.test(ref)) {
    fields.invalid("ref", "is not letters, digits, `-` and `_`");
  }
}

function checkNames(list: readonly Fields[], sources: readonly ApplicationSource[], notes: Notes): void {
  for (const field of ["ref", "name"] as const) {
    const seen = new Set<string>();
    for (const [index, source] of sources.entries()) {
      const text = source[field];
      if (text !== "" && seen.has(text)) {
        notes.invalid(list[index]?.at(field) ?? [field], "is the same as another source's");
      }
      seen.add(text);
    }
  }
}
