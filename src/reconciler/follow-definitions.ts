import { isDefinitionPath, type RepositorySettings } from "../config/repository-file.ts";
import { applicationId } from "../domain/application.ts";
import type { Repository } from "../domain/github.ts";
import { matchesRepositoryPatterns } from "../domain/project-sources.ts";
import type { Log } from "../ports/log.ts";
import type { Finalizers } from "./finalizers.ts";
import type { Registry } from "./registry.ts";
import { type DefinitionMemory, readRepositorySettings } from "./repository-definitions.ts";
import type { Revisions } from "./revisions.ts";

export interface FollowDefinitionsPorts {
  readonly revisions: Revisions;
  readonly registry: Registry;
  readonly finalizers: Pick<Finalizers, "list" | "forget">;
  /** What repositories defined when they were last followed. */
  readonly definitions: DefinitionMemory;
  /** The installed repository of that URL; `undefined` for one that no installation covers. */
  readonly installed: (url: string) => Repository | undefined;
  readonly enqueueApplication: (id: string) => void;
  readonly log: Log;
}

/** What the default branch defines now, as far as projects admit it. */
export async function followDefinitions(
  url: string,
  project: string,
  ports: FollowDefinitionsPorts,
): Promise<void> {
  const repository = ports.installed(url);
  if (repository === undefined) return;
  const mirror = await ports.revisions.open(url, project);
  const head = await ports.revisions.treeOf(
    { repoURL: url, path: ".", chart: "", targetRevision: "HEAD", ref: "", name: "" },
    project,
  );
  const { settings, problems } = await readRepositorySettings(mirror, head.tree);
  // A broken settings file is not a removal: what it defined before stays.
  if (problems.some(({ severity }) => severity === "error")) return;
  const { applications } = await ports.definitions.read(
    { repository: mirror, tree: head.tree, url },
    settings,
    ports.registry.snapshot(),
  );
  const { changed, removed } = ports.registry.replaceRepository(repository.id, applications);
  releaseUnlisted(repository, settings, ports);
  for (const id of [...changed, ...removed]) ports.enqueueApplication(id);
}

/** Where no project admits the repository any more, what it defined is no longer ours to sync; its objects stay. */
export function withdrawDefinitions(url: string, ports: FollowDefinitionsPorts): void {
  const { registry, enqueueApplication } = ports;
  const repository = ports.installed(url);
  // What cannot be read may well be the project that admits it.
  const isCertain = registry.snapshot().incompleteFiles.length === 0;
  if (repository === undefined || !registry.isRead(repository.id) || !isCertain) return;
  const { removed } = registry.replaceRepository(repository.id, []);
  releaseUnlisted(repository, { applications: [] }, ports);
  for (const id of removed) enqueueApplication(id);
}

/** Where a file is no longer looked for, or no longer admitted, its Applications were not removed: their objects stay. */
function releaseUnlisted(
  { id: repositoryId, cloneUrl }: Repository,
  settings: Pick<RepositorySettings, "applications">,
  { finalizers, registry, log }: FollowDefinitionsPorts,
): void {
  for (const { application, file, repositoryId: from } of finalizers.list()) {
    const id = applicationId(application);
    if (from !== repositoryId || registry.get(id) !== undefined) continue;
    const { definitionRepos = [] } = registry.project(application.project) ?? {};
    if (isDefinitionPath(settings, file) && matchesRepositoryPatterns(definitionRepos, cloneUrl)) continue;
    log.warn("an Application's file is no longer looked at; its objects stay", { application: id, file });
    finalizers.forget(id);
  }
}
