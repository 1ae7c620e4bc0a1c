import { parseComment } from "../commands/parse-comment.ts";
import { applicationId } from "../domain/application.ts";
import { COMMAND_AGE_MS_MAX } from "../domain/command-binding.ts";
import type { PullRequest, Repository } from "../domain/github.ts";
import type { Clock } from "../ports/clock.ts";
import type { Comments } from "../ports/comments.ts";
import type { ControlPlane } from "../ports/control-plane.ts";
import type { Log } from "../ports/log.ts";
import type { PullRequests } from "../ports/pull-requests.ts";
import type { ShownPreviews } from "../ports/shown-previews.ts";
import type { ApplicationStates } from "./application-states.ts";
import type { Finalizers } from "./finalizers.ts";
import type { Installed } from "./installed.ts";
import type { Reconciler } from "./reconciler.ts";
import type { Registry } from "./registry.ts";

export interface ResyncPorts {
  readonly reconciler: Reconciler;
  readonly controlPlane: ControlPlane;
  readonly registry: Registry;
  readonly states: ApplicationStates;
  readonly finalizers: Pick<Finalizers, "list">;
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
  const start = ports.clock.now() - LOOK_BACK_MS;
  const known: Known = { start, from: new Map(), read: new Map(), unsettled: new Map(), listed: new Set() };
  return async () => {
    await ports.controlPlane.refresh();
    for (const url of repositoryUrls(ports)) ports.reconciler.enqueueRefs(url);
    lookAtUnknown(ports);
    lookAtRemoved(ports);
    await each(ports.installed.list(), ports.log, async (repository) => {
      await takeNote(repository, ports, known);
      const due = [...known.unsettled].filter(([key]) => isOf(repository, key));
      for (const [, pull] of due) await lookAtPull(repository, pull, { ports, ...known });
    });
  };
}

/** What is known of pull requests; keys are those of {@link keyOf}. */
interface Known {
  /** Milliseconds since the epoch: what was updated before has been looked at by an earlier process. */
  readonly start: number;
  /** From when on updated pull requests are listed, by repository. */
  readonly from: Map<number, number>;
  /** Up to when the comments of a pull request have been read. */
  readonly read: Map<string, number>;
  /** Still to be looked at, or once more: kept through failures, for GitHub tells of an update once. */
  readonly unsettled: Map<string, PullRequest>;
  /** Repositories whose every open pull request was taken note of. */
  readonly listed: Set<number>;
}

function keyOf({ id }: Repository, { number }: Pick<PullRequest, "number">): string {
  return `${id}/${number}`;
}

function isOf({ id }: Repository, key: string): boolean {
  return key.startsWith(`${id}/`);
}

/** Lists what was updated, and at first everything that is open. */
async function takeNote(repository: Repository, ports: ResyncPorts, known: Known): Promise<void> {
  const { from, listed, read, unsettled } = known;
  const since = from.get(repository.id) ?? known.start;
  const open = listed.has(repository.id) ? [] : await ports.pullRequests.listOpen(repository);
  const list = await ports.pullRequests.listUpdated(repository, since);
  const updated = list.kind === "changed" ? list.pullRequests : [];
  for (const pull of [...open, ...updated]) {
    const key = keyOf(repository, pull);
    ports.installed.see(repository.id, pull);
    if (unsettled.has(key) || read.get(key) !== pull.updatedAt) unsettled.set(key, pull);
  }
  listed.add(repository.id);
  const newest = updated.reduce((at, { updatedAt }) => Math.max(at, updatedAt), 0);
  if (newest - since <= 2 * LOOK_BACK_MS) return;
  // Once a day at most, for the list is asked for without its tag then.
  const next = newest - LOOK_BACK_MS;
  from.set(repository.id, next);
  for (const [key, at] of read) if (isOf(repository, key) && at < next) read.delete(key);
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

/** A removal that was not seen, or could not be carried out, is looked at until it was. */
function lookAtRemoved({ finalizers, registry, reconciler }: ResyncPorts): void {
  for (const { application } of finalizers.list()) {
    const id = applicationId(application);
    if (registry.get(id) === undefined) reconciler.enqueueApplication(id);
  }
}

async function lookAtPull(
  repository: Repository,
  pull: PullRequest,
  { ports, read, unsettled, start }: Known & { readonly ports: ResyncPorts },
): Promise<void> {
  const { reconciler, shownPreviews, clock } = ports;
  const { id: repositoryId, installationId } = repository;
  const { number } = pull;
  const key = keyOf(repository, pull);
  // Behind the others: one that cannot be looked at must not keep them from it.
  unsettled.delete(key);
  unsettled.set(key, pull);
  const [shown] = shownPreviews.list(repositoryId, number);
  const isSettled = clock.now() - pull.updatedAt > SETTLED_AFTER_MS;
  const isUnseen = pull.state === "open" && shown?.headSha !== pull.head.sha;
  if (isUnseen || pull.isMerged)
    reconciler.lookAgain({ kind: "PullRequest", installationId, repositoryId, number });
  const isAnswerDue = await requestCommands(repository, number, { ports, since: read.get(key) ?? start });
  if (!isAnswerDue) read.set(key, pull.updatedAt);
  // What was given up meanwhile is asked for again, until it has been shown and answered.
  if (isSettled && !isUnseen && !isAnswerDue) unsettled.delete(key);
}

/** @returns whether one of them is still to be answered, and not yet too old to be. */
async function requestCommands(
  repository: Repository,
  number: number,
  { ports, since }: { readonly ports: ResyncPorts; readonly since: number },
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
