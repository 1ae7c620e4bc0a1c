/** A repository the App is installed on. Names change and are re-used; the numeric id does not. */
export interface Repository {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly installationId: number;
  readonly defaultBranch: string;
  /** HTTPS clone URL without credentials. */
  readonly cloneUrl: string;
  readonly isPrivate: boolean;
}

export interface PullRequest {
  readonly number: number;
  readonly title: string;
  readonly state: "open" | "closed";
  readonly isMerged: boolean;
  readonly isDraft: boolean;
  /** The commit on the base branch that the merge made; `undefined` until merged. */
  readonly mergeCommitSha: string | undefined;
  readonly base: { readonly branch: string; readonly sha: string };
  readonly head: { readonly branch: string; readonly sha: string };
  /** The head is in another repository (or that repository is gone). */
  readonly isFork: boolean;
  readonly authorId: number;
  /** Milliseconds since the epoch, GitHub's clock; as all times here. */
  readonly updatedAt: number;
  readonly url: string;
}

export interface Comment {
  readonly id: number;
  readonly pullRequestNumber: number;
  readonly authorId: number;
  readonly authorLogin: string;
  readonly authorType: "User" | "Bot";
  /** Id of the App through which it was written, `undefined` for the web page and personal tokens. */
  readonly viaAppId: number | undefined;
  readonly body: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** GitHub's five, least to most. */
export const PERMISSIONS = ["none", "read", "triage", "write", "maintain", "admin"] as const;
export type Permission = (typeof PERMISSIONS)[number];

export type CheckConclusion = "success" | "failure" | "action_required" | "cancelled";

/** The check run `plumbline` on one commit, as it should look. */
export interface CheckReport {
  readonly status: "in_progress" | "completed";
  /** Present exactly when completed. Never `neutral` or `skipped`: those satisfy a required check. */
  readonly conclusion?: CheckConclusion;
  /** ≤ 255 characters. */
  readonly title: string;
  /** Markdown, ≤ 65,535 characters each. */
  readonly summary: string;
  readonly text: string;
}

export type StatusState = "pending" | "success" | "failure" | "error";

export interface CommitStatusReport {
  /** `plumbline/NAME` or `plumbline/sync`; ≤ 255 characters. */
  readonly context: string;
  readonly state: StatusState;
  /** ≤ 140 characters. */
  readonly description: string;
  /** Where to read more; `""` for nowhere. */
  readonly targetUrl: string;
}

export type Reaction = "eyes" | "rocket" | "-1";
