import type { PullRequest, Repository } from "../../domain/github.ts";
import type { PullRequests } from "../../ports/pull-requests.ts";
import type { GitHubClient } from "./client.ts";
import { hasNextPage, orUndefined, PER_PAGE, readPages } from "./pages.ts";

/** The part of GitHub's answers that we read; single answers and lists both have it. */
export interface PullRequestJson {
  readonly number: number;
  readonly title: string;
  readonly state: string;
  readonly draft?: boolean | undefined;
  readonly merged_at: string | null;
  readonly merge_commit_sha: string | null;
  readonly base: { readonly ref: string; readonly sha: string; readonly repo: { readonly id: number } };
  /** GitHub has no repository here when the fork was deleted, whatever the description says. */
  readonly head: {
    readonly ref: string;
    readonly sha: string;
    readonly repo: { readonly id: number } | null;
  };
  readonly user: { readonly id: number } | null;
  readonly updated_at: string;
  readonly html_url: string;
}

type Clients = Pick<GitHubClient, "asInstallation">;

/** @param clients - one Octokit an installation. */
export function createPullRequests(clients: Clients): PullRequests {
  return {
    async get(repository, number) {
      const answer = pullsOf(clients, repository).get({ ...nameOf(repository), pull_number: number });
      const response = await orUndefined(answer);
      return response && toPullRequest(response.data);
    },
    listUpdated: createUpdatedList(clients),
    listOpen: (repository) =>
      readPages("GET /repos/{owner}/{repo}/pulls", async (page) => {
        const wanted = { ...nameOf(repository), state: "open", per_page: PER_PAGE, page } as const;
        const response = await pullsOf(clients, repository).list(wanted);
        return { items: response.data.map(toPullRequest), hasMore: hasNextPage(response) };
      }),
    async listForCommit(repository, sha) {
      const { repos } = clients.asInstallation(repository.installationId).rest;
      const found = await readPages("GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls", async (page) => {
        const wanted = { ...nameOf(repository), commit_sha: sha, per_page: PER_PAGE, page };
        const response = await repos.listPullRequestsAssociatedWithCommit(wanted);
        return { items: response.data.map(toPullRequest), hasMore: hasNextPage(response) };
      });
      return found.filter(({ isMerged }) => isMerged);
    },
  };
}

function pullsOf(clients: Clients, { installationId }: Repository) {
  return clients.asInstallation(installationId).rest.pulls;
}

/** Remembers, per repository, the tag of the first page and the `since` it was asked for. */
function createUpdatedList(clients: Clients): PullRequests["listUpdated"] {
  const tags = new Map<number, { readonly since: number; readonly etag: string }>();
  return async (repository, since) => {
    const known = tags.get(repository.id);
    const ifNoneMatch = known?.since === since ? known.etag : undefined;
    const first = await fetchUpdated(clients, { repository, since, page: 1, ifNoneMatch });
    if (first.kind === "unchanged") return first;
    const rest = first.hasMore ? await fetchRest(clients, repository, since) : [];
    // Kept only now: a list that failed half way must not look unchanged the next time.
    tags.delete(repository.id);
    if (first.etag !== undefined) tags.set(repository.id, { since, etag: first.etag });
    return { kind: "changed", pullRequests: [...first.items, ...rest] };
  };
}

async function fetchRest(
  clients: Clients,
  repository: Repository,
  since: number,
): Promise<readonly PullRequest[]> {
  return readPages("GET /repos/{owner}/{repo}/pulls", async (page) => {
    const answer = await fetchUpdated(clients, { repository, since, page: page + 1, ifNoneMatch: undefined });
    return answer.kind === "unchanged" ? { items: [], hasMore: false } : answer;
  });
}

interface UpdatedQuery {
  readonly repository: Repository;
  readonly since: number;
  readonly page: number;
  readonly ifNoneMatch: string | undefined;
}

async function fetchUpdated(clients: Clients, { repository, since, page, ifNoneMatch }: UpdatedQuery) {
  const response = await pullsOf(clients, repository).list({
    ...nameOf(repository),
    state: "all",
    sort: "updated",
    direction: "desc",
    per_page: PER_PAGE,
    page,
    ...(ifNoneMatch === undefined ? {} : { headers: { "if-none-match": ifNoneMatch } }),
  });
  if ((response.status as number) === 304) return { kind: "unchanged" } as const;
  const all = response.data.map(toPullRequest);
  const items = all.filter(({ updatedAt }) => updatedAt >= since);
  // Sorted by update: past the first older one there is nothing to find.
  const hasMore = items.length === all.length && hasNextPage(response);
  return { kind: "changed", items, hasMore, etag: response.headers.etag } as const;
}

/** How GitHub's paths name a repository. */
export function nameOf({ owner, name }: Repository): { readonly owner: string; readonly repo: string } {
  return { owner, repo: name };
}

function toPullRequest(json: PullRequestJson): PullRequest {
  const isMerged = json.merged_at !== null;
  return {
    number: json.number,
    title: json.title,
    state: json.state === "open" ? "open" : "closed",
    isMerged,
    isDraft: json.draft === true,
    // Before the merge GitHub puts a trial merge here.
    mergeCommitSha: isMerged ? (json.merge_commit_sha ?? undefined) : undefined,
    base: { branch: json.base.ref, sha: json.base.sha },
    head: { branch: json.head.ref, sha: json.head.sha },
    isFork: json.head.repo?.id !== json.base.repo.id,
    // Deleted accounts are GitHub's "ghost", which has no id here.
    authorId: json.user?.id ?? 0,
    updatedAt: Date.parse(json.updated_at),
    url: json.html_url,
  };
}
