import { type Comment, PERMISSIONS, type Permission, type PullRequest } from "./github.ts";

/** What can be ordered on a pull request. */
export const COMMAND_VERBS = ["diff", "sync", "refresh", "status", "help", "explain"] as const;
export type CommandVerb = (typeof COMMAND_VERBS)[number];

/** Whoever may read may ask; whoever may write may have things done. */
export const PERMISSION_NEEDED: Readonly<Record<CommandVerb, Permission>> = {
  diff: "write",
  sync: "write",
  refresh: "write",
  status: "read",
  help: "read",
  explain: "read",
};

/**
 * A command that was read later than this after it was written is not carried out: what its author saw is long past, and
 * a delivery kept back or played again must not act today (T017).
 */
export const COMMAND_AGE_MS_MAX = 15 * 60_000;

/** A state of the pull request that people could see, dated by GitHub. */
export interface ShownState {
  readonly headSha: string;
  /** Milliseconds since the epoch: GitHub's Date on our write. */
  readonly shownAt: number;
}

export interface CommandCase<S extends ShownState> {
  readonly verb: CommandVerb;
  /** Read from the API a moment ago, never from a delivery. */
  readonly comment: Comment;
  /** Its author's, asked for a moment ago. */
  readonly permission: Permission;
  readonly pullRequest: PullRequest;
  /** In any order. */
  readonly shown: readonly S[];
  readonly now: number;
}

export type CommandJudgement<S extends ShownState> =
  /** `shown` is what the command is bound to, where it has to be. */
  | { readonly kind: "accepted"; readonly shown: S | undefined }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** Why a command is not carried out, with the facts. */
export type Refusal =
  /** `login` is whose name stands over the comment; an App may have written in a person's. */
  | { readonly reason: "WrittenByMachine"; readonly login: string; readonly isBot: boolean }
  | { readonly reason: "CommandEdited"; readonly createdAt: number; readonly updatedAt: number }
  | { readonly reason: "CommandTooOld"; readonly ageMs: number }
  | { readonly reason: "PermissionTooLow"; readonly permission: Permission; readonly needed: Permission }
  | { readonly reason: "NotMerged" }
  | { readonly reason: "PullRequestClosed"; readonly isMerged: boolean }
  | { readonly reason: "NothingShown"; readonly headSha: string }
  /** `shownSha` is what could be seen when the command was written. */
  | { readonly reason: "HeadMoved"; readonly shownSha: string; readonly headSha: string };

/**
 * Whether a command may be carried out, by all that can be known before its Applications are looked at: who wrote it,
 * when, what was shown before, and where the pull request is now. The first reason that stands in the way is given.
 */
export function judgeCommand<S extends ShownState>(it: CommandCase<S>): CommandJudgement<S> {
  const shown = newestBefore(it.shown, it.comment.createdAt);
  const refusal = judgeAuthor(it.comment) ?? judgeComment(it) ?? judgePlace(it) ?? judgeBinding(it, shown);
  if (refusal !== undefined) return { kind: "refused", refusal };
  return { kind: "accepted", shown: isBound(it) ? shown : undefined };
}

/** A person's comment that an App wrote for them is an App's: nobody can tell what the person saw (T047, T049). */
export function isMachine({ authorType, viaAppId }: Pick<Comment, "authorType" | "viaAppId">): boolean {
  return authorType === "Bot" || viaAppId !== undefined;
}

function judgeAuthor(comment: Comment): Refusal | undefined {
  const { authorLogin: login, authorType } = comment;
  return isMachine(comment) ? { reason: "WrittenByMachine", login, isBot: authorType === "Bot" } : undefined;
}

function judgeComment<S extends ShownState>({
  comment,
  now,
  verb,
  permission,
}: CommandCase<S>): Refusal | undefined {
  const { createdAt, updatedAt } = comment;
  // Others may edit a comment, too: then its author ordered nothing (T037, T039).
  if (updatedAt !== createdAt) return { reason: "CommandEdited", createdAt, updatedAt };
  if (now - createdAt > COMMAND_AGE_MS_MAX) return { reason: "CommandTooOld", ageMs: now - createdAt };
  const needed = PERMISSION_NEEDED[verb];
  const isAllowed = PERMISSIONS.indexOf(permission) >= PERMISSIONS.indexOf(needed);
  return isAllowed ? undefined : { reason: "PermissionTooLow", permission, needed };
}

function judgePlace<S extends ShownState>({ verb, pullRequest }: CommandCase<S>): Refusal | undefined {
  const { state, isMerged } = pullRequest;
  if (verb === "sync" && state === "open") return { reason: "NotMerged" };
  if (verb === "sync" && !isMerged) return { reason: "PullRequestClosed", isMerged };
  if (verb === "diff" && state === "closed") return { reason: "PullRequestClosed", isMerged };
  return undefined;
}

function judgeBinding<S extends ShownState>(it: CommandCase<S>, shown: S | undefined): Refusal | undefined {
  if (!isBound(it)) return undefined;
  const headSha = it.pullRequest.head.sha;
  if (shown === undefined) return { reason: "NothingShown", headSha };
  return shown.headSha === headSha ? undefined : { reason: "HeadMoved", shownSha: shown.headSha, headSha };
}

/** What changes a cluster, and what lets a stranger's files be rendered, is bound to what was seen. */
function isBound<S extends ShownState>({ verb, pullRequest }: CommandCase<S>): boolean {
  return verb === "sync" || (verb === "diff" && pullRequest.isFork);
}

/** Strictly before: in the same second nobody can have read it. */
function newestBefore<S extends ShownState>(shown: readonly S[], at: number): S | undefined {
  return shown
    .filter(({ shownAt }) => shownAt < at)
    .reduce<S | undefined>(
      (best, one) => (best === undefined || one.shownAt > best.shownAt ? one : best),
      undefined,
    );
}
