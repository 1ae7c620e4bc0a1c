import { parseComment } from "../commands/parse-comment.ts";
import { COMMAND_AGE_MS_MAX } from "../domain/command-binding.ts";
import type { PullRequest, Repository } from "../domain/github.ts";
import type { Clock } from "../ports/clock.ts";
import type { Comments } from "../ports/comments.ts";
import type { ControlPlane } from "../ports/control-plane.ts";
import type { Log } from "../ports/log.ts";
import type { PullRequests } from "../ports/pull-requests.ts";
import type { ShownPreviews } from "../ports/shown-previews.ts";
import type { ApplicationStates } from "./application-states.ts";
import type { Installed } from "./installed.ts";
import type { Reconciler } from "./reconciler.ts";
import type { Registry } from "./registry.ts";

export interface ResyncPorts {
  readonly reconciler: Reconciler;
  readonly controlPlane: ControlPlane;
  readonly registry: Registry;
  readonly states: ApplicationStates;
  readonly installed: Installed;
  readonly pullRequests: PullRequests;
  readonly comments: Comments;
  readonly shownPreviews: ShownPreviews;
  readonly clock: Clock;
  readonly log: Log;
}

/** Looks at everything once; see {@link createResync}. */
export type Resync = () => Promise<void>;

/** Pull requests that were updated before the start by more than this have been looked at by an earlier process. */
const LOOK_BACK_MS = 24 * 60 * 60 * 1_000;

/**
 * GitHub's times have whole seconds, and its clock is not ours: what was read sooner than this after a change is read
 * once more, or a comment of the same second would never be seen.
 */
const SETTLED_AFTER_MS = 60_000;

/**
 * The safety net under deliveries and watches: every Application, every open pull request, every comment. Where nothing
 * has changed it costs one `ls-remote` and one conditional request a repository, no render, and nothing of any cluster.
 */
export function createResync(ports: ResyncPorts): Resync {
  const since = ports.clock.now() - LOOK_BACK_MS;
  /** Up to when the comments of a pull request have been read, by its key. */
  const read = new Map<string, number>();
  const unsettled = new Map<string, PullRequest>();
  /** Repositories whose every open pull request was looked at. */
  const listed = new Set<number>();
  return async () => {
    await ports.controlPlane.refresh();
    for (const url of repositoryUrls(ports)) ports.reconciler.enqueueRefs(url);
    lookAtUnknown(ports);
    await each(ports.installed.list(), ports.log, async (repository) => {
      const pulls = listed.has(repository.id)
        ? await updatedPulls(repository, since, ports)
        : await everyPull(repository, since, ports);
      const again = [...unsettled].filter(([key]) => key.startsWith(`${repository.id}/`));
      const all = new Map([...again.map(([, pull]) => pull), ...pulls].map((pull) => [pull.number, pull]));
      for (const pull of all.values()) await lookAtPull(repository, pull, { ports, read, unsettled, since });
      listed.add(repository.id);
    });
  };
}

/** Every repository that an Application reads, and those that may define Applications. */
function repositoryUrls({ registry, installed }: ResyncPorts): ReadonlySet<string> {
  const sources = registry
    .list()
    .flatMap(({ application }) => application.sources.map(({ repoURL }) => repoURL));
  const defining = registry.snapshot().projects.some(({ value }) => value.definitionRepos.length > 0);
  return new Set([...sources, ...(defining ? installed.list().map(({ cloneUrl }) => cloneUrl) : [])]);
}

/** What is not known is looked at again, and what was never looked at for the first time. */
function lookAtUnknown({ registry, states, reconciler }: ResyncPorts): void {
  for (const { id } of registry.list()) {
    const status = states.get(id);
    if (status === undefined || status.sync === "Unknown") reconciler.enqueueApplication(id);
  }
}

async function everyPull(
  repository: Repository,
  since: number,
  { pullRequests }: ResyncPorts,
): Promise<readonly PullRequest[]> {
  const [open, updated] = [
    await pullRequests.listOpen(repository),
    await pullRequests.listUpdated(repository, since),
  ];
  const byNumber = new Map(open.map((pull) => [pull.number, pull]));
  if (updated.kind === "changed") for (const pull of updated.pullRequests) byNumber.set(pull.number, pull);
  return [...byNumber.values()];
}

async function updatedPulls(
  repository: Repository,
  since: number,
  { pullRequests }: ResyncPorts,
): Promise<readonly PullRequest[]> {
  const list = await pullRequests.listUpdated(repository, since);
  return list.kind === "unchanged" ? [] : list.pullRequests;
}

interface Look {
  readonly ports: ResyncPorts;
  readonly read: Map<string, number>;
  /** Pull requests that are to be looked at once more, by their key. */
  readonly unsettled: Map<string, PullRequest>;
  readonly since: number;
}

async function lookAtPull(
  repository: Repository,
  pull: PullRequest,
  { ports, read, unsettled, since }: Look,
): Promise<void> {
  const { reconciler, shownPreviews, installed, clock } = ports;
  const { id: repositoryId, installationId } = repository;
  const { number } = pull;
  const key = `${repositoryId}/${number}`;
  installed.see(repositoryId, pull);
  const readUntil = read.get(key);
  if (readUntil === pull.updatedAt && !unsettled.has(key)) return;
  const [shown] = shownPreviews.list(repositoryId, number);
  const isSettled = clock.now() - pull.updatedAt > SETTLED_AFTER_MS;
  const isUnseen = pull.state === "open" && shown?.headSha !== pull.head.sha;
  if (isUnseen || pull.isMerged)
    reconciler.lookAgain({ kind: "PullRequest", installationId, repositoryId, number });
  const isAnswerDue = await requestCommands(repository, number, { ports, since: readUntil ?? since });
  if (!isAnswerDue) read.set(key, pull.updatedAt);
  // What was given up meanwhile is asked for again, until it has been shown and answered.
  if (isSettled && !isUnseen && !isAnswerDue) unsettled.delete(key);
  else unsettled.set(key, pull);
}

/** @returns whether one of them is still to be answered, and not yet too old to be. */
async function requestCommands(
  repository: Repository,
  number: number,
  { ports, since }: Pick<Look, "ports" | "since">,
): Promise<boolean> {
  const { reconciler, shownPreviews, comments, clock } = ports;
  const { id: repositoryId, installationId } = repository;
  let isAnswerDue = false;
  for (const { id: commentId, body, createdAt } of await comments.list(repository, number, since)) {
    if (shownPreviews.isAnswered(commentId) || parseComment(body).kind === "none") continue;
    reconciler.request({ kind: "Comment", installationId, repositoryId, number, commentId });
    isAnswerDue ||= clock.now() - createdAt <= COMMAND_AGE_MS_MAX;
  }
  return isAnswerDue;
}

/** One repository that does not answer does not keep the others from being looked at. */
async function each<T>(items: readonly T[], log: Log, work: (item: T) => Promise<void>): Promise<void> {
  for (const item of items) {
    try {
      await work(item);
    } catch (error) {
      log.warn("a repository could not be looked at; it is tried again at the next tick", { error });
    }
  }
}
