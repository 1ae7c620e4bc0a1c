import { PERMISSIONS, type Permission, type Repository } from "../../domain/github.ts";
import { OperationError } from "../../errors/operation-error.ts";
import type { Permissions, Repositories } from "../../ports/repositories.ts";
import type { GitHubClient } from "./client.ts";
import { hasNextPage, orUndefined, PER_PAGE, readPages } from "./pages.ts";
import { nameOf } from "./pull-requests.ts";

/** The part of GitHub's answers that we read. */
interface RepositoryJson {
  readonly id: number;
  readonly name: string;
  readonly owner: { readonly login: string };
  readonly default_branch?: string | undefined;
  readonly clone_url?: string | undefined;
  readonly private: boolean;
}

type Clients = Pick<GitHubClient, "asApp" | "asInstallation">;

/** Lists are asked for with their tags: while nothing changes they cost no quota. */
export function createRepositories(clients: Clients): Repositories {
  const pages = new Map<string, Page & { readonly etag: string }>();
  const lastKnown = new Map<number, readonly Repository[]>();

  async function fetchPage(installationId: number, page: number): Promise<Page> {
    const key = `${installationId}/${page}`;
    const known = pages.get(key);
    const { apps } = clients.asInstallation(installationId).rest;
    const response = await apps.listReposAccessibleToInstallation({
      per_page: PER_PAGE,
      page,
      ...(known === undefined ? {} : { headers: { "if-none-match": known.etag } }),
    });
    if (known !== undefined && (response.status as number) === 304) return known;
    const items = response.data.repositories.map((json) => toRepository(json, installationId));
    const { etag = "" } = response.headers;
    const fresh = { items, hasMore: hasNextPage(response), etag };
    pages.set(key, fresh);
    return fresh;
  }

  async function listOf(installationId: number): Promise<readonly Repository[]> {
    const listing = readPages("GET /installation/repositories", (page) => fetchPage(installationId, page));
    const found = await unlessGone(listing);
    lastKnown.set(installationId, found);
    return found;
  }

  /** One installation's silence is no reason to be silent about the others (T265): it is as it was when last seen. */
  async function listOrRemember(installationId: number): Promise<readonly Repository[]> {
    try {
      return await listOf(installationId);
    } catch (error) {
      if (error instanceof OperationError && error.retryable) return lastKnown.get(installationId) ?? [];
      throw error;
    }
  }

  return {
    async list() {
      const all: Repository[] = [];
      for (const installationId of await listInstallations(clients))
        all.push(...(await listOrRemember(installationId)));
      return all;
    },
    async get(installationId, repositoryId) {
      // Not by name: names are re-used, and a public repository answers also where the App was removed from it.
      return (await listOf(installationId)).find(({ id }) => id === repositoryId);
    },
  };
}

interface Page {
  readonly items: readonly Repository[];
  readonly hasMore: boolean;
}

async function listInstallations({ asApp }: Clients): Promise<readonly number[]> {
  const found = await readPages("GET /app/installations", async (page) => {
    const response = await asApp().rest.apps.listInstallations({ per_page: PER_PAGE, page });
    return { items: response.data, hasMore: hasNextPage(response) };
  });
  return found.filter(({ suspended_at }) => suspended_at === null).map(({ id }) => id);
}

/** An installation that was removed or suspended covers nothing. */
async function unlessGone(listing: Promise<readonly Repository[]>): Promise<readonly Repository[]> {
  try {
    return await listing;
  } catch (error) {
    const isGone =
      error instanceof OperationError &&
      (error.reason === "GitHubNotFound" || error.reason === "InstallationSuspended");
    if (isGone) return [];
    throw error;
  }
}

function toRepository(json: RepositoryJson, installationId: number): Repository {
  return {
    id: json.id,
    owner: json.owner.login,
    name: json.name,
    installationId,
    defaultBranch: json.default_branch ?? "",
    cloneUrl: json.clone_url ?? "",
    isPrivate: json.private,
  };
}

/** Asks anew each time: a right may have been taken away a second ago (T029). */
export function createPermissions(clients: Pick<GitHubClient, "asInstallation">): Permissions {
  return {
    async permissionOf(repository, login) {
      const { repos } = clients.asInstallation(repository.installationId).rest;
      const wanted = { ...nameOf(repository), username: login };
      const response = await orUndefined(repos.getCollaboratorPermissionLevel(wanted));
      return response === undefined ? "none" : toPermission(response.data);
    },
  };
}

/** `role_name` knows triage and maintain, but may be an organisation's own word: then the coarse field counts. */
function toPermission(answer: { readonly permission: string; readonly role_name?: string }): Permission {
  const known = (word: string | undefined) => PERMISSIONS.find((permission) => permission === word);
  return known(answer.role_name) ?? known(answer.permission) ?? "none";
}
