import type { Permission } from "../../domain/github.ts";
import { apiError } from "./api-error.ts";
import type { Account, Actor, AppState, InstallationState, RepositoryState } from "./model.ts";

/** Something happened that GitHub would tell an App, and that a page may want to show. */
export interface WorldEvent {
  readonly event: string;
  readonly action?: string;
  readonly repository?: RepositoryState;
  readonly installation?: InstallationState;
  readonly sender: Account;
  /** The payload's own fields, as they were at that moment. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** All that the double holds, and how its parts reach one another. */
export interface World {
  /** `http://127.0.0.1:PORT`, no slash at the end. */
  url: string;
  readonly app: AppState;
  readonly accounts: Map<string, Account>;
  readonly repositories: Map<number, RepositoryState>;
  readonly installations: Map<number, InstallationState>;
  /** Milliseconds, whole seconds: GitHub's times have no more. */
  now(): number;
  newId(): number;
  emit(event: WorldEvent): void;
  subscribe(listener: (event: WorldEvent) => void): () => void;
}

export interface WorldParts {
  readonly app: AppState;
  readonly now: () => number;
  readonly firstId: number;
}

/** An empty GitHub with one App. */
export function createWorld({ app, now, firstId }: WorldParts): World {
  const listeners = new Set<(event: WorldEvent) => void>();
  let lastId = firstId;
  return {
    url: "",
    app,
    accounts: new Map(),
    repositories: new Map(),
    installations: new Map(),
    now: () => Math.floor(now() / 1000) * 1000,
    newId: () => ++lastId,
    emit(event) {
      for (const listener of listeners) listener(event);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** @throws ApiError 404 */
export function findAccount(world: World, login: string): Account {
  const account = world.accounts.get(login.toLowerCase());
  if (account === undefined) throw apiError(404, "Not Found");
  return account;
}

export function findRepository(world: World, owner: string, name: string): RepositoryState | undefined {
  const wanted = `${owner}/${name}`.toLowerCase();
  return [...world.repositories.values()].find((repository) => fullName(repository).toLowerCase() === wanted);
}

export function fullName(repository: RepositoryState): string {
  return `${repository.owner.login}/${repository.name}`;
}

/** The installation that covers a repository, suspended or not. */
export function installationOf(world: World, repository: RepositoryState): InstallationState | undefined {
  return [...world.installations.values()].find(({ repositoryIds }) => repositoryIds.has(repository.id));
}

export function roleOf(repository: RepositoryState, account: Account): Permission {
  if (repository.owner.id === account.id) return "admin";
  return repository.permissions.get(account.id) ?? (repository.isPrivate ? "none" : "read");
}

const RANK: Readonly<Record<Permission, number>> = {
  none: 0,
  read: 1,
  triage: 2,
  write: 3,
  maintain: 4,
  admin: 5,
};

export function hasRole(repository: RepositoryState, account: Account, needed: Permission): boolean {
  return RANK[roleOf(repository, account)] >= RANK[needed];
}

/** Who did it, as GitHub names them. */
export function accountOf(world: World, actor: Actor): Account {
  switch (actor.kind) {
    case "user":
    case "installation":
      return actor.account;
    case "app":
      return world.app.bot;
    case "anonymous":
      throw apiError(401, "Requires authentication");
  }
}
