import type { ConfigProblem } from "../domain/control-plane.ts";
import type { Project, ProjectDestination, ResourcePattern } from "../domain/project.ts";
import { type DefinitionDocument, isDnsSubdomain, subjectOf } from "./definition-document.ts";
import { createFields, type Fields, isZero, present } from "./fields.ts";
import { createNotes, type Notes } from "./notes.ts";
import { normalizeServer } from "./server-url.ts";

/** Lists the repositories, as globs like those of `sourceRepos`, that may define Applications of the project. */
export const DEFINITION_REPOS_ANNOTATION = "plumbline.dev/definition-repos";

export interface ProjectReading {
  /** Present where every field could be read. */
  readonly project?: Project;
  readonly problems: readonly ConfigProblem[];
}

/** Fields that keep the project's Applications from being synced until they are honoured. */
const PROTECTIVE: Readonly<Record<string, string>> = {
  syncWindows: "Sync windows would be missed, and a sync could run when none is allowed",
  destinationServiceAccounts: "A sync would run with the controller's rights instead of the account's",
  signatureKeys: "Commits without a signature would be synced",
  sourceIntegrity: "Commits without a signature would be synced",
};

/** Reads an AppProject (argocd-behaviour §8). Roles are left alone: they are about Argo CD's own API. */
export function parseProject(document: DefinitionDocument): ProjectReading {
  const subject = subjectOf(document.object);
  const notes = createNotes(subject === undefined ? document : { ...document, subject });
  const root = createFields(document.object, [], notes);
  root.string("apiVersion");
  root.string("kind");
  root.raw("status");
  const metadata = root.object("metadata");
  const name = metadata?.required("name") ?? "";
  if (metadata === undefined) notes.invalid(["metadata", "name"], "is missing");
  if (name !== "" && !isDnsSubdomain(name)) {
    notes.invalid(["metadata", "name"], "is not lower-case letters, digits, `-` and `.`");
  }
  const annotations = metadata?.stringMap("annotations") ?? {};
  const spec = root.object("spec") ?? createFields({}, ["spec"], notes);
  const rules = readRules(spec, notes);
  const definitionRepos = readDefinitionRepos(name, annotations, notes);
  root.done();
  if (notes.hasErrors()) return { problems: notes.problems };
  const project = { name, ...rules, definitionRepos, previewOnly: notes.previewOnly };
  return { project, problems: notes.problems };
}

function readRules(spec: Fields, notes: Notes): Omit<Project, "name" | "definitionRepos" | "previewOnly"> {
  const sourceRepos = spec.strings("sourceRepos") ?? [];
  refuseDenyAll(sourceRepos, { notes, path: (index) => spec.at("sourceRepos", String(index)) });
  const rules = present<Omit<Project, "name" | "definitionRepos" | "previewOnly">>({
    description: spec.text("description"),
    sourceRepos,
    destinations: (spec.objects("destinations") ?? []).map((entry) => readDestination(entry, notes)),
    clusterResourceWhitelist: readPatterns(spec, "clusterResourceWhitelist") ?? [],
    clusterResourceBlacklist: readPatterns(spec, "clusterResourceBlacklist") ?? [],
    namespaceResourceWhitelist: readPatterns(spec, "namespaceResourceWhitelist"),
    namespaceResourceBlacklist: readPatterns(spec, "namespaceResourceBlacklist") ?? [],
    sourceNamespaces: spec.strings("sourceNamespaces") ?? [],
    permitOnlyProjectScopedClusters: spec.boolean("permitOnlyProjectScopedClusters") ?? false,
  });
  spec.raw("roles");
  for (const [field, consequence] of Object.entries(PROTECTIVE)) {
    if (!isZero(spec.raw(field))) notes.keepsFromSync(spec.at(field), consequence);
  }
  if (spec.has("orphanedResources")) {
    notes.notHonoured(spec.at("orphanedResources"), "Objects that no Application manages are not listed");
  }
  spec.done();
  return rules;
}

function readDestination(entry: Fields, notes: Notes): ProjectDestination {
  const server = entry.text("server");
  const destination = {
    server: server.startsWith("!") ? `!${normalizeServer(server.slice(1))}` : normalizeServer(server),
    name: entry.text("name"),
    namespace: entry.text("namespace"),
  };
  refuseDenyAll(Object.values(destination), { notes, path: () => entry.path });
  entry.done();
  return destination;
}

/** A pattern without `kind` would match nothing: one that forbids would forbid nothing. */
function readPatterns(spec: Fields, name: string): readonly ResourcePattern[] | undefined {
  return spec.objects(name)?.map((entry) => {
    const pattern = { group: entry.text("group"), kind: entry.required("kind"), name: entry.text("name") };
    entry.done();
    return pattern;
  });
}

/** `!*` would deny everything, which an absent rule does already: Argo CD refuses it. */
function refuseDenyAll(
  patterns: readonly string[],
  { notes, path }: { readonly notes: Notes; path(index: number): readonly string[] },
): void {
  for (const [index, pattern] of patterns.entries()) {
    if (pattern === "!*") notes.invalid(path(index), "denies everything by `!*`");
  }
}

function readDefinitionRepos(
  name: string,
  annotations: Readonly<Record<string, string>>,
  notes: Notes,
): readonly string[] {
  const text = annotations[DEFINITION_REPOS_ANNOTATION] ?? "";
  const repos = text.split(/[\s,]+/).filter((repo) => repo !== "");
  if (name !== "default" || repos.length === 0) return repos;
  const consequence = "Project `default` admits no definitions from repositories; use a project of its own";
  notes.notHonoured(["metadata", "annotations", DEFINITION_REPOS_ANNOTATION], consequence);
  return [];
}
