import { DEFAULT_REPOSITORY_SETTINGS, isDefinitionPath } from "../config/repository-file.ts";
import type { Application } from "../domain/application.ts";
import type { PullRequest, Repository } from "../domain/github.ts";
import { OperationError } from "../errors/operation-error.ts";
import { isSameRepository, type MergeFor } from "./find-change.ts";
import type { SettingsReading } from "./govern-preview.ts";
import type { Registry } from "./registry.ts";
import { admittingProject, readRepositorySettings } from "./repository-definitions.ts";
import type { Revisions } from "./revisions.ts";

export interface BaseSettingsPorts {
  readonly registry: Registry;
  readonly revisions: Revisions;
}

/** The rest of a source that is only a repository at a revision. */
export const NO_SOURCE = { path: ".", chart: "", ref: "", name: "" } as const;

/**
 * Reads the base branch's `.github/plumbline.yml`; where it cannot be read just now, it is as it was last read. To be asked
 * once the preview has looked where the base is: no look of its own.
 */
export function createSettingsReader({ registry, revisions }: BaseSettingsPorts) {
  /** By repository and base branch. */
  const last = new Map<string, SettingsReading>();
  return async (repository: Repository, { base }: PullRequest): Promise<SettingsReading> => {
    const { cloneUrl: repoURL } = repository;
    const reading = registry.list().find(({ application }) => reads(application, repository));
    const project = admittingProject(repoURL, registry.snapshot()) ?? reading?.application.project;
    // Nobody reads the repository: it is not fetched only to find out how to say so.
    if (project === undefined) return NO_FILE;
    const key = `${repository.id}/${base.branch}`;
    try {
      const mirror = await revisions.open(repoURL, project);
      const targetRevision = `refs/heads/${base.branch}`;
      const { sha, ref } = await revisions.resolve({ ...NO_SOURCE, repoURL, targetRevision }, project);
      const { tree } = await revisions.treeAt(mirror, sha, ref);
      const reading = await readRepositorySettings(mirror, tree);
      last.set(key, reading);
      return { ...reading, baseSha: sha };
    } catch (error) {
      if (!(error instanceof OperationError)) throw error;
      return last.get(key) ?? NO_FILE;
    }
  };
}

const NO_FILE: SettingsReading = { settings: DEFAULT_REPOSITORY_SETTINGS, problems: [] };

/** Whether a merge changes files that define Applications, by the base's word for where these are. */
export async function isDefining(
  { cloneUrl }: Repository,
  mergeFor: MergeFor,
  registry: Registry,
): Promise<boolean> {
  const project = admittingProject(cloneUrl, registry.snapshot());
  if (project === undefined) return false;
  const { repository, before, paths } = await mergeFor(project);
  const { settings } = await readRepositorySettings(repository, before.tree);
  return paths.some((path) => isDefinitionPath(settings, path));
}

/** Whether any source of the Application is the repository. */
export function reads({ sources }: Application, { cloneUrl }: Repository): boolean {
  return sources.some(({ repoURL }) => isSameRepository(repoURL, cloneUrl));
}
