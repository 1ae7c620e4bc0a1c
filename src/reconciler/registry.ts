import { isDeepStrictEqual } from "node:util";
import { type Application, applicationId } from "../domain/application.ts";
import type { ApplicationDefinition, ConfigProblem, ControlPlaneSnapshot } from "../domain/control-plane.ts";
import { DEFAULT_PROJECT, type Project } from "../domain/project.ts";

/** Every Application that is defined, by the operator or by a repository that a project admits. */
export interface Registry {
  get(id: string): RegisteredApplication | undefined;
  /** By the name that tracking ids carry; several only where they go to different clusters. */
  byInstanceName(instanceName: string): readonly RegisteredApplication[];
  /** Sorted by id. */
  list(): readonly RegisteredApplication[];
  project(name: string): Project | undefined;
  snapshot(): ControlPlaneSnapshot;
  /** What is wrong with definitions, wherever they are. */
  problems(): readonly ConfigProblem[];
  /** Takes the operator's control plane as it is now. @returns what changed since the last time */
  replaceControlPlane(snapshot: ControlPlaneSnapshot): RegistryChange;
  /** Takes what a repository's default branch defines now; an empty list withdraws it. */
  replaceRepository(repositoryId: number, definitions: readonly ApplicationDefinition[]): RegistryChange;
  /** Whether it has been told what the repository defines. */
  isRead(repositoryId: number): boolean;
  /** Counts the changes of what definitions are judged by: projects, settings and clusters. */
  rulesVersion(): number;
}

export interface RegisteredApplication {
  readonly id: string;
  readonly application: Application;
  /** `undefined` for the operator's own. */
  readonly repositoryId: number | undefined;
  /** That defines it, relative to the control plane's folder or the repository. */
  readonly file: string;
  /** Why it can be neither rendered nor synced; empty when it can. */
  readonly problems: readonly ConfigProblem[];
  /** From an earlier state of a file that is broken now: never synced, never taken for removed. */
  readonly isStale: boolean;
}

export interface RegistryChange {
  /** Ids of Applications that are new or differ. */
  readonly changed: readonly string[];
  /** Ids of Applications whose definition is gone; their objects stay unless a finalizer says otherwise (DESIGN §4). */
  readonly removed: readonly string[];
}

export function createRegistry(initial: ControlPlaneSnapshot): Registry {
  let controlPlane = initial;
  let rulesVersion = 0;
  const repositories = new Map<number, readonly ApplicationDefinition[]>();
  let applications = assemble();
  let byInstance: ReadonlyMap<string, readonly RegisteredApplication[]> | undefined;

  return {
    byInstanceName(instanceName) {
      byInstance ??= Map.groupBy(applications.values(), ({ application }) => application.instanceName);
      return byInstance.get(instanceName) ?? [];
    },
    get: (id) => applications.get(id),
    list: () => [...applications.values()],
    project: (name) => projectOf(controlPlane, name),
    snapshot: () => controlPlane,
    problems: () => problemsOf(controlPlane, applications),
    replaceControlPlane(snapshot) {
      const haveRulesChanged = !isDeepStrictEqual(rulesOf(snapshot), rulesOf(controlPlane));
      controlPlane = snapshot;
      if (haveRulesChanged) rulesVersion++;
      const change = replace();
      // A rule that changed may concern any Application: all are looked at again.
      return haveRulesChanged ? { ...change, changed: [...applications.keys()] } : change;
    },
    replaceRepository(repositoryId, definitions) {
      repositories.set(repositoryId, definitions);
      return replace();
    },
    isRead: (repositoryId) => repositories.has(repositoryId),
    rulesVersion: () => rulesVersion,
  };

  function replace(): RegistryChange {
    const before = applications;
    applications = assemble();
    byInstance = undefined;
    const changed = [...applications.values()]
      .filter((now) => !isSame(now, before.get(now.id)))
      .map(({ id }) => id);
    const removed = [...before.keys()].filter((id) => !applications.has(id));
    return { changed, removed };
  }

  /** The operator's definitions win: a repository cannot take over a name that the operator uses. */
  function assemble(): Map<string, RegisteredApplication> {
    const all = new Map<string, RegisteredApplication>();
    for (const definition of controlPlane.applications) add(all, definition, undefined);
    for (const [repositoryId, definitions] of repositories) {
      for (const definition of definitions) add(all, definition, repositoryId);
    }
    return new Map([...all].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

function projectOf({ projects }: ControlPlaneSnapshot, name: string): Project | undefined {
  const written = projects.find(({ value }) => value.name === name)?.value;
  return written ?? (name === DEFAULT_PROJECT.name ? DEFAULT_PROJECT : undefined);
}

function add(
  all: Map<string, RegisteredApplication>,
  { value, file, problems, isStale }: ApplicationDefinition,
  repositoryId: number | undefined,
): void {
  const id = applicationId(value);
  if (all.has(id)) return;
  all.set(id, { id, application: value, repositoryId, file, problems, isStale });
}

function problemsOf(
  { problems }: ControlPlaneSnapshot,
  applications: ReadonlyMap<string, RegisteredApplication>,
): readonly ConfigProblem[] {
  // Those of the operator's Applications are in the snapshot as well.
  return [...new Set([...problems, ...[...applications.values()].flatMap((one) => one.problems)])];
}

function rulesOf({ projects, settings, clusters }: ControlPlaneSnapshot): readonly unknown[] {
  return [projects.map(({ value }) => value), settings, clusters.map(({ cluster }) => cluster)];
}

function isSame(a: RegisteredApplication, b: RegisteredApplication | undefined): boolean {
  return b !== undefined && isDeepStrictEqual(a, b);
}
