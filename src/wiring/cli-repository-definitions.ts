import { withInstanceName } from "../config/application-manifest.ts";
import { assembleControlPlane } from "../config/control-plane.ts";
import { keepLastGood } from "../config/keep-last-good.ts";
import { readDefinitions } from "../config/read-definitions.ts";
import { isDefinitionPath } from "../config/repository-file.ts";
import type {
  ApplicationDefinition,
  ConfigProblem,
  ControlPlaneSnapshot,
  DocumentReading,
  FileReading,
} from "../domain/control-plane.ts";
import type { GitRepository } from "../ports/git.ts";
import type { Merge } from "../reconciler/find-change.ts";
import { readRepositorySettings } from "../reconciler/repository-definitions.ts";
import { CLI_PROTOCOLS, definitionErrors } from "./cli-definitions.ts";

/** What a repository defines before and after a merge, judged by what it defines before. */
export interface FoundDefinitions {
  /** Its projects, clusters and settings judge both sides. */
  readonly base: ControlPlaneSnapshot;
  readonly head: readonly ApplicationDefinition[];
  /** What cannot be read after the merge, or is not what it seems. */
  readonly problems: readonly ConfigProblem[];
  /** Applications that could be read before the merge and cannot be after it. */
  readonly broken: readonly ApplicationDefinition[];
}

/** One definition file may be this long; longer ones are no hand's work. */
const DEFINITION_BYTES_MAX = 1024 * 1024;
/** Git's name for a tree without entries. */
const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

/**
 * Finds every Application, AppProject, Secret and setting that the repository's YAML holds, at the base and at the merge
 * result. Where the base's `.github/plumbline.yml` lists files, only these define Applications. Templates of charts
 * define nothing.
 */
export async function findRepositoryDefinitions({
  repository,
  before,
  after,
  paths,
}: Pick<Merge, "repository" | "before" | "after" | "paths">): Promise<FoundDefinitions> {
  const { settings } = await readRepositorySettings(repository, before.tree);
  const mayDefine = (path: string) => settings.applications.length === 0 || isDefinitionPath(settings, path);
  const changed = new Set(paths);
  const atBase = await readFiles(repository, before.tree, NOTHING_READ);
  const unchanged = new Map([...atBase].filter(([path]) => !changed.has(path)));
  const atHead = await readFiles(repository, after.tree, { unchanged, defining: new Set(atBase.keys()) });
  const baseFiles = [...atBase.values()].map((file) => withoutStrangers(file, mayDefine));
  const headFiles = [...atHead.values()].map((file) =>
    keepLastGood(atBase.get(file.file), withoutStrangers(file, mayDefine)),
  );
  const base = assembleControlPlane(baseFiles);
  const rules = baseFiles.map((file) => only(file, (document) => !isApplication(document)));
  const merged = assembleControlPlane([
    ...rules,
    ...headFiles.map((file) =>
      only(file, (document) => isApplication(document) || document.value === undefined),
    ),
  ]);
  const namespace = base.applications.length === 0 ? merged.namespace : base.namespace;
  const head = merged.applications.map((one) => ({ ...one, value: withInstanceName(one.value, namespace) }));
  return {
    base,
    head,
    problems: definitionErrors(merged),
    broken: head.filter(({ isStale }) => isStale),
  };
}

/** What is known from another tree. */
interface KnownFiles {
  /** The same there as here. */
  readonly unchanged: ReadonlyMap<string, FileReading>;
  /** Files that define something there: whatever they hold here is meant to. */
  readonly defining: ReadonlySet<string>;
}

const NOTHING_READ: KnownFiles = { unchanged: new Map(), defining: new Set() };

async function readFiles(
  repository: GitRepository,
  tree: string,
  { unchanged, defining }: KnownFiles,
): Promise<ReadonlyMap<string, FileReading>> {
  const all = await repository.changedPaths(EMPTY_TREE, tree);
  const charts = chartFolders(all);
  const files = new Map<string, FileReading>();
  for (const file of all) {
    if (!/\.(ya?ml|json)$/i.test(file) || isChartTemplate(file, charts)) continue;
    const known = unchanged.get(file);
    const text = known === undefined ? await readText(repository, tree, file) : "";
    const isRead = defining.has(file) || DEFINES.test(text);
    if (known !== undefined) files.set(file, known);
    else if (isRead) files.set(file, readDefinitions({ file, text }, { protocols: CLI_PROTOCOLS }));
  }
  return files;
}

async function readText(repository: GitRepository, tree: string, file: string): Promise<string> {
  const bytes = await repository.readFile(tree, file, DEFINITION_BYTES_MAX);
  return bytes === undefined ? "" : new TextDecoder().decode(bytes);
}

/** Argo CD's own kinds, its labelled Secrets, its settings: all other YAML of a repository is somebody else's. */
const DEFINES =
  /argoproj\.io\/v1alpha1|argocd\.argoproj\.io\/secret-type|name["']?:\s*["']?argocd-[a-z-]*cm\b/;

function chartFolders(paths: readonly string[]): ReadonlySet<string> {
  return new Set(
    paths
      .filter((path) => path === "Chart.yaml" || path.endsWith("/Chart.yaml"))
      .map((path) => path.slice(0, -"Chart.yaml".length)),
  );
}

/** `charts/web/templates/app.yaml`: text for Helm, not a manifest. */
function isChartTemplate(path: string, charts: ReadonlySet<string>): boolean {
  for (let at = path.indexOf("templates/"); at !== -1; at = path.indexOf("templates/", at + 1)) {
    if (charts.has(path.slice(0, at))) return true;
  }
  return false;
}

/** The file without Applications where the base's `.github/plumbline.yml` looks for none. */
function withoutStrangers(file: FileReading, mayDefine: (path: string) => boolean): FileReading {
  return mayDefine(file.file) ? file : only(file, (document) => !isApplication(document));
}

function only(file: FileReading, keep: (document: DocumentReading) => boolean): FileReading {
  return { ...file, documents: file.documents.filter(keep) };
}

function isApplication({ value, subject }: DocumentReading): boolean {
  return value === undefined ? subject?.kind === "Application" : value.kind === "application";
}
