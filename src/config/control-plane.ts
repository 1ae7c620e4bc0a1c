import { applicationId } from "../domain/application.ts";
import { compareText } from "../domain/compare-text.ts";
import type {
  ConfigProblem,
  ConfigSubject,
  ControlPlaneSnapshot,
  DocumentReading,
  FileReading,
  ProjectDefinition,
} from "../domain/control-plane.ts";
import { type ControlPlaneSettings, DEFAULT_SETTINGS } from "../domain/control-plane-settings.ts";
import { DEFAULT_PROJECT, type Project } from "../domain/project.ts";
import type { RepositoryCredential } from "../domain/repository-credentials.ts";
import { OperationError } from "../errors/operation-error.ts";
import {
  type ApplicationContext,
  type DefineApplication,
  defineApplication,
} from "./application-definition.ts";
import { collectClusters } from "./control-plane-clusters.ts";
import { describePlace, ofKind, placeOf } from "./defined-readings.ts";
import { DEFAULT_NAMESPACE } from "./definition-document.ts";
import { isIncomplete } from "./keep-last-good.ts";
import { problemAt } from "./notes.ts";
import { type DefinitionFile, type ReadingOptions, readDefinitions } from "./read-definitions.ts";

/** Everything in some files, at once: what the CLI's `validate` and tests start from. */
export function readControlPlane(
  files: readonly DefinitionFile[],
  options: ReadingOptions = {},
): ControlPlaneSnapshot {
  return assembleControlPlane(files.map((file) => readDefinitions(file, options)));
}

/**
 * Puts the files of a control plane together and checks them against one another: projects exist, destinations name
 * exactly one cluster, nothing is defined twice. Of two definitions of one thing the first counts, by file and document.
 */
export function assembleControlPlane(
  files: readonly FileReading[],
  define: DefineApplication = defineApplication,
): ControlPlaneSnapshot {
  const inOrder = files.toSorted((a, b) => compareText(a.file, b.file));
  const readings = inOrder.flatMap(({ documents }) => documents);
  const { unique, problems: duplicates } = withoutDuplicates(readings);
  const namespace = controlPlaneNamespace(unique);
  const settings = mergeSettings(unique);
  const projects = collectProjects(unique);
  const { clusters, problems: clusterProblems } = collectClusters(ofKind(unique, "cluster"), settings);
  const context: ApplicationContext = { namespace, projects, clusters };
  const applications = ofKind(unique, "application").map((reading) => define(reading, context));
  return {
    namespace,
    applications: applications.sort((a, b) => compareText(applicationId(a.value), applicationId(b.value))),
    projects,
    repositories: ofKind(unique, "repository").map(({ value }) => value.repository),
    repositoryTemplates: ofKind(unique, "repositoryTemplate").map(({ value }) => value.repository),
    clusters,
    settings,
    problems: inReadingOrder([
      ...readings.flatMap(({ problems }) => problems),
      ...duplicates,
      ...clusterProblems,
      ...applications.flatMap(({ problems }) => problems),
    ]),
    incompleteFiles: inOrder.filter(isIncomplete).map(({ file }) => file),
  };
}

function withoutDuplicates(readings: readonly DocumentReading[]): {
  readonly unique: readonly DocumentReading[];
  readonly problems: readonly ConfigProblem[];
} {
  const firsts = new Map<string, DocumentReading>();
  const unique: DocumentReading[] = [];
  const problems: ConfigProblem[] = [];
  for (const reading of readings) {
    const key = reading.value === undefined ? undefined : keyOf(reading.subject);
    const first = key === undefined ? undefined : firsts.get(key);
    if (first === undefined) {
      unique.push(reading);
      if (key !== undefined) firsts.set(key, reading);
    } else {
      problems.push(duplicateProblem(reading, first));
    }
  }
  return { unique, problems };
}

function duplicateProblem(reading: DocumentReading, first: DocumentReading): ConfigProblem {
  const { kind, namespace, name } = reading.subject ?? { kind: "", namespace: "", name: "" };
  const what = `${kind} \`${namespace}/${name}\``;
  const error = OperationError.of("DefinitionDuplicate", { what, other: describePlace(first) });
  return problemAt(placeOf(reading), ["metadata", "name"], { severity: "error", error });
}

/**
 * AppProjects, Secrets and settings live in the control plane's namespace, so theirs is it. Without any of them, it is
 * the only namespace that Applications live in, or Argo CD's usual one.
 */
function controlPlaneNamespace(readings: readonly DocumentReading[]): string {
  const own = readings.filter(({ value }) => value !== undefined && value.kind !== "application");
  const namespaces = new Set(
    (own.length === 0 ? readings : own).flatMap(({ subject }) => subject?.namespace ?? []),
  );
  const [only] = namespaces;
  return namespaces.size === 1 && only !== undefined ? only : DEFAULT_NAMESPACE;
}

function mergeSettings(readings: readonly DocumentReading[]): ControlPlaneSettings {
  let settings = DEFAULT_SETTINGS;
  for (const { value } of ofKind(readings, "settings")) settings = { ...settings, ...value.settings };
  return settings;
}

function collectProjects(readings: readonly DocumentReading[]): readonly ProjectDefinition[] {
  const written = ofKind(readings, "project").map(
    ({ value, file, isStale }): ProjectDefinition => ({ value: value.project, file, isStale }),
  );
  const hasDefault = written.some(({ value }) => value.name === DEFAULT_PROJECT.name);
  const all = hasDefault ? written : [...written, { value: DEFAULT_PROJECT, file: "", isStale: false }];
  const repositories = ofKind(readings, "repository").map(({ value }) => value.repository);
  return all
    .map((definition) => ({ ...definition, value: withOwnRepositories(definition.value, repositories) }))
    .sort((a, b) => compareText(a.value.name, b.value.name));
}

/** A repository Secret reserved for a project is a permission to use that repository (argocd-behaviour §8). */
function withOwnRepositories(project: Project, repositories: readonly RepositoryCredential[]): Project {
  const own = repositories.filter((repository) => repository.project === project.name);
  return { ...project, sourceRepos: [...project.sourceRepos, ...own.map(({ url }) => url)] };
}

function keyOf(subject: ConfigSubject | undefined): string | undefined {
  return subject === undefined ? undefined : `${subject.kind}/${subject.namespace}/${subject.name}`;
}

/** By file and document, then as they were found; a problem that two checks found counts once. */
function inReadingOrder(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  return [...new Set(problems)].sort((a, b) => compareText(a.file, b.file) || a.document - b.document);
}
