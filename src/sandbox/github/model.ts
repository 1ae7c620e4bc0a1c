import type { KeyObject } from "node:crypto";

import type { Permission } from "../../domain/github.ts";
import type { GitStore } from "./git-store.ts";

/** A person, an organisation, or an App's bot. */
export interface Account {
  readonly id: number;
  login: string;
  readonly type: "User" | "Organization" | "Bot";
  /** Personal access token, for the API and for Git. */
  readonly token: string;
}

/** What the App may do, by GitHub's names of its permissions. */
export type AppPermissions = Readonly<Record<string, "read" | "write">>;

export interface AppState {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly owner: Account;
  readonly bot: Account;
  readonly publicKey: KeyObject;
  /** For whoever starts the App against the double. */
  readonly privateKey: string;
  readonly permissions: AppPermissions;
  readonly events: readonly string[];
  webhookSecret: string;
  /** Where deliveries go; `""` until the App listens: they are logged as failed. */
  webhookUrl: string;
  readonly createdAt: number;
}

export interface InstallationState {
  readonly id: number;
  readonly account: Account;
  readonly repositoryIds: Set<number>;
  suspendedAt: number | undefined;
  readonly createdAt: number;
}

export interface RepositoryState {
  readonly id: number;
  readonly owner: Account;
  name: string;
  readonly isPrivate: boolean;
  readonly defaultBranch: string;
  /** The repository it was forked from. */
  readonly parent: RepositoryState | undefined;
  readonly git: GitStore;
  /** By account id; the owner is admin, everybody else may read what is public. */
  readonly permissions: Map<number, Permission>;
  readonly pulls: Map<number, PullState>;
  readonly comments: Map<number, CommentState>;
  readonly checkSuites: Map<string, CheckSuiteState>;
  readonly checkRuns: Map<number, CheckRunState>;
  readonly statuses: StatusState[];
  nextNumber: number;
  readonly createdAt: number;
  updatedAt: number;
  pushedAt: number;
}

export interface PullState {
  readonly id: number;
  readonly number: number;
  readonly author: Account;
  readonly createdAt: number;
  title: string;
  body: string;
  state: "open" | "closed";
  isDraft: boolean;
  base: { branch: string; sha: string };
  readonly head: { readonly repository: RepositoryState; readonly branch: string };
  headSha: string;
  updatedAt: number;
  closedAt: number | undefined;
  merged: { readonly sha: string; readonly at: number; readonly by: Account } | undefined;
}

export interface CommentState {
  readonly id: number;
  readonly pullNumber: number;
  readonly author: Account;
  readonly viaAppId: number | undefined;
  body: string;
  readonly createdAt: number;
  updatedAt: number;
  readonly reactions: ReactionState[];
}

export interface ReactionState {
  readonly id: number;
  readonly author: Account;
  readonly content: string;
  readonly createdAt: number;
}

export interface CheckSuiteState {
  readonly id: number;
  readonly headSha: string;
  readonly createdAt: number;
  updatedAt: number;
}

export interface CheckRunState {
  readonly id: number;
  readonly suite: CheckSuiteState;
  readonly headSha: string;
  readonly name: string;
  externalId: string;
  detailsUrl: string;
  status: "queued" | "in_progress" | "completed";
  conclusion: string | undefined;
  startedAt: number;
  completedAt: number | undefined;
  output: { title: string | undefined; summary: string | undefined; text: string | undefined };
}

export interface StatusState {
  readonly id: number;
  readonly sha: string;
  readonly context: string;
  readonly state: "error" | "failure" | "pending" | "success";
  readonly description: string;
  readonly targetUrl: string;
  readonly creator: Account;
  readonly createdAt: number;
}

/** Who asks. */
export type Actor =
  | { readonly kind: "anonymous" }
  | { readonly kind: "user"; readonly account: Account }
  | { readonly kind: "app" }
  | {
      readonly kind: "installation";
      readonly installation: InstallationState;
      readonly permissions: AppPermissions;
      readonly account: Account;
    };
