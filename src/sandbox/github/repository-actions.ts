import { randomBytes } from "node:crypto";
import { join } from "node:path";

import type { Permission } from "../../domain/github.ts";
import { pushFiles, refsMoved } from "./branches.ts";
import { createGitStore, type FileChanges, type GitStore } from "./git-store.ts";
import { install } from "./installation-actions.ts";
import type { Account, RepositoryState } from "./model.ts";
import { repositoryPage } from "./present.ts";
import { findAccount, type World } from "./world.ts";

export interface NewRepository {
  /** Login of a user; made when there is none yet. */
  readonly owner: string;
  readonly name: string;
  readonly isPrivate?: boolean;
  readonly defaultBranch?: string;
  /** The first commit. */
  readonly files: FileChanges;
  /** Whether the App is installed on it; it is unless told otherwise. */
  readonly isInstalled?: boolean;
}

export interface PersonsPush {
  readonly by: string;
  readonly branch: string;
  readonly files: FileChanges;
  readonly message?: string;
  /** Where a new branch starts; the default branch unless told otherwise. */
  readonly from?: string;
}

/** Accounts, repositories and branches, as people make them. */
export interface RepositoryActions {
  createUser(login: string): Account;
  createRepository(wanted: NewRepository): Promise<RepositoryState>;
  /** A copy that shares objects, under another owner. */
  fork(repository: RepositoryState, owner: string): Promise<RepositoryState>;
  grant(repository: RepositoryState, login: string, permission: Permission): void;
  rename(repository: RepositoryState, name: string, by: string): void;
  /** One commit on a branch, which is made if needed. @returns its SHA. */
  push(repository: RepositoryState, push: PersonsPush): Promise<string>;
  deleteBranch(repository: RepositoryState, branch: string, by: string): Promise<void>;
  /** With a token-free `git clone` and `git push` where the repository is public. */
  cloneUrl(repository: RepositoryState): string;
}

/** @param folder - where the bare repositories are kept. */
export function createRepositoryActions(world: World, folder: string): RepositoryActions {
  return {
    createUser: (login) => userOf(world, login),
    createRepository: (wanted) => createRepository(world, folder, wanted),
    async fork(parent, owner) {
      const id = world.newId();
      const { defaultBranch, isPrivate, name } = parent;
      const git = await createGitStore(join(folder, `${id}.git`), { defaultBranch, parent: parent.git });
      return newRepository(world, {
        id,
        owner: userOf(world, owner),
        git,
        name,
        isPrivate,
        defaultBranch,
        parent,
      });
    },
    grant(repository, login, permission) {
      repository.permissions.set(userOf(world, login).id, permission);
    },
    rename(repository, name, by) {
      const from = repository.name;
      repository.name = name;
      repository.updatedAt = world.now();
      const fields = { changes: { repository: { name: { from } } } };
      world.emit({ event: "repository", action: "renamed", repository, sender: userOf(world, by), fields });
    },
    push(repository, { by, branch, files, message, from }) {
      const push = { branch, files, message: message ?? `Change ${branch}`, by: findAccount(world, by) };
      return pushFiles(world, repository, from === undefined ? push : { ...push, from });
    },
    async deleteBranch(repository, branch, by) {
      const before = await repository.git.refs();
      await repository.git.setRef(`refs/heads/${branch}`, undefined);
      await refsMoved(world, repository, { before, by: findAccount(world, by) });
    },
    cloneUrl: (repository) => `${repositoryPage(world, repository)}.git`,
  };
}

async function createRepository(
  world: World,
  folder: string,
  wanted: NewRepository,
): Promise<RepositoryState> {
  const { name, isPrivate = false, defaultBranch = "main" } = wanted;
  const id = world.newId();
  const git = await createGitStore(join(folder, `${id}.git`), { defaultBranch });
  const owner = userOf(world, wanted.owner);
  const repository = newRepository(world, {
    id,
    owner,
    git,
    name,
    isPrivate,
    defaultBranch,
    parent: undefined,
  });
  await git.commit(defaultBranch, wanted.files, {
    message: "Start",
    name: owner.login,
    email: `${owner.login}@users.noreply.github.com`,
    at: world.now(),
  });
  if (wanted.isInstalled ?? true) install(world, repository);
  return repository;
}

function userOf(world: World, login: string): Account {
  const known = world.accounts.get(login.toLowerCase());
  if (known !== undefined) return known;
  const token = `ghp_${randomBytes(18).toString("hex")}`;
  const type = login.endsWith("[bot]") ? "Bot" : "User";
  const account: Account = { id: world.newId(), login, type, token };
  world.accounts.set(login.toLowerCase(), account);
  return account;
}

type RepositoryFacts = Pick<
  RepositoryState,
  "id" | "owner" | "name" | "isPrivate" | "defaultBranch" | "parent"
> & {
  readonly git: GitStore;
};

function newRepository(world: World, facts: RepositoryFacts): RepositoryState {
  const at = world.now();
  const repository: RepositoryState = {
    ...facts,
    permissions: new Map(),
    pulls: new Map(),
    comments: new Map(),
    checkSuites: new Map(),
    checkRuns: new Map(),
    statuses: [],
    nextNumber: 1,
    createdAt: at,
    updatedAt: at,
    pushedAt: at,
  };
  world.repositories.set(repository.id, repository);
  return repository;
}
