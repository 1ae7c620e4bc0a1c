import { keepLastGood } from "../config/keep-last-good.ts";
import { readDefinitions } from "../config/read-definitions.ts";
import { admitDefinitions, type RepositoryDefinitions } from "../config/repository-definitions.ts";
import {
  DEFAULT_REPOSITORY_SETTINGS,
  isDefinitionPath,
  parseRepositoryFile,
  REPOSITORY_FILE,
  type RepositorySettings,
} from "../config/repository-file.ts";
import type { ConfigProblem, ControlPlaneSnapshot, FileReading } from "../domain/control-plane.ts";
import type { Repository } from "../domain/github.ts";
import { matchesRepositoryPatterns } from "../domain/project-sources.ts";
import type { GitRepository } from "../ports/git.ts";
import type { Registry } from "./registry.ts";

/** One definition file may be this long; longer ones are passed over by name. */
const DEFINITION_BYTES_MAX = 1024 * 1024;
const SETTINGS_BYTES_MAX = 64 * 1024;
/** Definition files of one repository; what is beyond is passed over. */
const DEFINITION_FILES_MAX = 2_000;
/** Git's name for a tree without entries. */
const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

/** `.github/plumbline.yml` as the tree has it; the defaults where there is none, or a broken one. */
export async function readRepositorySettings(
  repository: GitRepository,
  tree: string,
): Promise<{ readonly settings: RepositorySettings; readonly problems: readonly ConfigProblem[] }> {
  const bytes = await repository.readFile(tree, REPOSITORY_FILE, SETTINGS_BYTES_MAX);
  if (bytes === undefined) return { settings: DEFAULT_REPOSITORY_SETTINGS, problems: [] };
  const { settings, problems } = parseRepositoryFile(new TextDecoder().decode(bytes));
  return { settings: settings ?? DEFAULT_REPOSITORY_SETTINGS, problems };
}

/** The project whose credentials read a repository's definitions; `undefined` where no project admits any. */
export function admittingProject(
  repositoryUrl: string,
  { projects }: ControlPlaneSnapshot,
): string | undefined {
  return projects.find(({ value }) => matchesRepositoryPatterns(value.definitionRepos, repositoryUrl))?.value
    .name;
}

/**
 * Whether all that may define Applications has been read since the start: the operator's files, and every repository that
 * a project admits. Until then an Application that is not registered may be one that has not been read yet.
 */
export function areDefinitionsRead(installed: readonly Repository[], registry: Registry): boolean {
  const snapshot = registry.snapshot();
  if (snapshot.incompleteFiles.length > 0) return false;
  if (snapshot.projects.every(({ value }) => value.definitionRepos.length === 0)) return true;
  const isRead = ({ id, cloneUrl }: Repository): boolean =>
    registry.isRead(id) || admittingProject(cloneUrl, snapshot) === undefined;
  return installed.length > 0 && installed.every(isRead);
}

export interface DefinitionsPlace {
  readonly repository: GitRepository;
  readonly tree: string;
  readonly url: string;
}

/**
 * Applications that the repository defines in this tree, as far as projects admit them. Where to look comes from
 * `settings`, which are the base branch's, whatever tree is read (invariant 12).
 */
export async function readRepositoryDefinitions(
  place: DefinitionsPlace,
  settings: RepositorySettings,
  controlPlane: ControlPlaneSnapshot,
): Promise<RepositoryDefinitions> {
  const files = await readDefinitionFiles(place, settings);
  return admitDefinitions(files, { repositoryUrl: place.url, controlPlane });
}

/** Like {@link readRepositoryDefinitions}, time after time: a document that breaks is not one that was removed. */
export function createDefinitionMemory() {
  const known = new Map<string, ReadonlyMap<string, FileReading>>();
  return {
    async read(
      place: DefinitionsPlace,
      settings: RepositorySettings,
      controlPlane: ControlPlaneSnapshot,
    ): Promise<RepositoryDefinitions> {
      const before = known.get(place.url);
      const files = (await readDefinitionFiles(place, settings)).map((reading) =>
        keepLastGood(before?.get(reading.file), reading),
      );
      known.set(place.url, new Map(files.map((reading) => [reading.file, reading])));
      return admitDefinitions(files, { repositoryUrl: place.url, controlPlane });
    },
  };
}

export type DefinitionMemory = ReturnType<typeof createDefinitionMemory>;

async function readDefinitionFiles(
  { repository, tree }: DefinitionsPlace,
  settings: RepositorySettings,
): Promise<readonly FileReading[]> {
  if (settings.applications.length === 0) return [];
  const paths = (await repository.changedPaths(EMPTY_TREE, tree))
    .filter((path) => isDefinitionPath(settings, path))
    .slice(0, DEFINITION_FILES_MAX);
  const files = await Promise.all(
    paths.map(async (file) => {
      const bytes = await repository.readFile(tree, file, DEFINITION_BYTES_MAX);
      return bytes === undefined
        ? undefined
        : readDefinitions({ file, text: new TextDecoder().decode(bytes) });
    }),
  );
  return files.filter((file) => file !== undefined);
}
