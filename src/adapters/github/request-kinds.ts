import type { Ask } from "./budget.ts";

/** What we know of a request before it is sent. */
export interface RequestKind {
  readonly ask: Ask;
  /** Sending it twice leaves GitHub as sending it once does, as far as anybody can tell. */
  readonly isRepeatable: boolean;
  /** For messages: `POST /repos/{owner}/{repo}/check-runs`, without names. */
  readonly operation: string;
}

/** A verdict on a commit, words for people, a light; everything else in between. */
const RANK = { check: 0, comment: 1, other: 2, status: 3 } as const;

/** Writes that are not plain edits, by operation. Statuses of one context replace one another, reactions do not add up. */
const WRITES: Readonly<Record<string, { rank: number; isContent?: boolean; isRepeatable?: boolean }>> = {
  "POST /repos/{owner}/{repo}/check-runs": { rank: RANK.check },
  "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}": { rank: RANK.check },
  "POST /repos/{owner}/{repo}/issues/{issue_number}/comments": { rank: RANK.comment, isContent: true },
  "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}": { rank: RANK.comment },
  "POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions": {
    rank: RANK.comment,
    isRepeatable: true,
  },
  "POST /repos/{owner}/{repo}/statuses/{sha}": { rank: RANK.status, isContent: true, isRepeatable: true },
  "POST /app/installations/{installation_id}/access_tokens": { rank: RANK.other, isRepeatable: true },
  "POST /app/hook/deliveries/{delivery_id}/attempts": { rank: RANK.other, isRepeatable: true },
};

/** @param options - Octokit's: `url` is the template, parameters stand beside it. */
export function kindOfRequest(
  options: Readonly<Record<string, unknown>> & { readonly method: string; readonly url: string },
): RequestKind {
  const { method, url } = options;
  const operation = `${method} ${url}`;
  if (method === "GET")
    return { operation, isRepeatable: true, ask: { cost: "read", rank: RANK.other, lane: "" } };
  const write = Object.hasOwn(WRITES, operation) ? WRITES[operation] : undefined;
  return {
    operation,
    isRepeatable: write?.isRepeatable ?? method !== "POST",
    ask: {
      cost: write?.isContent === true ? "content" : "write",
      rank: write?.rank ?? RANK.other,
      lane: laneOf(options),
    },
  };
}

/** What is written to the same pull request or commit keeps its order. */
function laneOf(options: Readonly<Record<string, unknown>>): string {
  const { owner, repo, issue_number, comment_id, check_run_id, head_sha, sha } = options;
  const subject = issue_number ?? comment_id ?? check_run_id ?? head_sha ?? sha;
  return subject === undefined ? "" : `${String(owner)}/${String(repo)}/${String(subject)}`;
}
