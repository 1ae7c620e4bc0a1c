import type { PullRequest, Repository } from "../domain/github.ts";
import type { ReconcileRequest } from "../domain/reconcile-request.ts";
import type { PullRequests } from "../ports/pull-requests.ts";
import type { Repositories } from "../ports/repositories.ts";
import type { Reports } from "../report/reports.ts";
import { nothingPreviewed } from "./nothing-previewed.ts";
import type { PreviewPullRequest } from "./preview-pull-request.ts";
import { problemOf } from "./problems.ts";
import type { Publisher } from "./publisher.ts";

export interface CheckPorts {
  readonly repositories: Repositories;
  readonly preview: PreviewPullRequest;
  readonly publisher: Publisher;
  readonly reports: Reports;
}

/**
 * Answers a merge group by rendering the commit it would merge: the queue waits for the check on that very commit, and a
 * success that nobody looked for would let anything in.
 */
export async function reconcileMergeGroup(
  group: {
    readonly installationId: number;
    readonly repositoryId: number;
    readonly headSha: string;
    readonly groupRef: string;
  },
  ports: CheckPorts,
  signal: AbortSignal,
): Promise<void> {
  const repository = await ports.repositories.get(group.installationId, group.repositoryId);
  if (repository === undefined) return;
  const pull = groupAsPullRequest(repository, group);
  let previewed: Awaited<ReturnType<PreviewPullRequest["preview"]>>;
  try {
    previewed = await ports.preview.preview(repository, pull, signal);
  } catch (error) {
    signal.throwIfAborted();
    previewed = nothingPreviewed(pull, problemOf(error));
  }
  await ports.publisher.check(repository, group.headSha, ports.reports.check(previewed.preview));
}

/** The queue's branch is named after the one it merges into: `gh-readonly-queue/BASE/pr-NUMBER-SHA`. */
function groupAsPullRequest(
  repository: Repository,
  { headSha, groupRef }: { readonly headSha: string; readonly groupRef: string },
): PullRequest {
  const name = groupRef.replace(/^refs\/heads\//, "");
  const base = /^gh-readonly-queue\/(?<base>.+)\/pr-[0-9]+-[0-9a-f]+$/.exec(name)?.groups?.["base"];
  return {
    number: 0,
    title: name,
    state: "open",
    isMerged: false,
    isDraft: false,
    mergeCommitSha: undefined,
    base: { branch: base ?? repository.defaultBranch, sha: "" },
    head: { branch: name, sha: headSha },
    isFork: false,
    authorId: 0,
    updatedAt: 0,
    url: "",
  };
}

export interface RerunPorts {
  readonly repositories: Repositories;
  readonly pullRequests: Pick<PullRequests, "listOpen">;
  readonly publisher: Publisher;
  readonly reports: Reports;
  readonly request: (request: ReconcileRequest) => void;
}

/** A check that is to run again is its pull requests': they show that it does, and are looked at. */
export async function rerunCheck(
  {
    installationId,
    repositoryId,
    headSha,
  }: { readonly installationId: number; readonly repositoryId: number; readonly headSha: string },
  { repositories, pullRequests, publisher, reports, request }: RerunPorts,
): Promise<void> {
  const repository = await repositories.get(installationId, repositoryId);
  if (repository === undefined) return;
  const open = await pullRequests.listOpen(repository);
  for (const { number, base } of open.filter(({ head }) => head.sha === headSha)) {
    const underWay = reports.checkInProgress({ headSha, baseSha: base.sha, applications: 0 });
    await publisher.check(repository, headSha, underWay);
    request({ kind: "PullRequest", installationId, repositoryId, number });
  }
}
