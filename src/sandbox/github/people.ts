import { mergePullRequest } from "./branches.ts";
import { addStatus, findCheckRun, rerequestCheckRun, rerequestCheckSuite } from "./checks.ts";
import { addComment, deleteComment, editComment } from "./conversation.ts";
import type { MergeMethod } from "./git-store.ts";
import { createInstallationActions, type InstallationActions } from "./installation-actions.ts";
import { addMergeGroup, finishMergeGroup, type MergeGroup } from "./merge-queue.ts";
import type { Account, CommentState, RepositoryState, StatusState } from "./model.ts";
import type { PullPlace } from "./present-pull-request.ts";
import { editPull, markReady, openPull, type PullChanges } from "./pull-requests.ts";
import { createRepositoryActions, type RepositoryActions } from "./repository-actions.ts";
import { findAccount, type World } from "./world.ts";

export interface PersonsPull {
  readonly by: string;
  readonly title: string;
  readonly body?: string;
  /** Branch. */
  readonly head: string;
  readonly headRepository?: RepositoryState;
  /** Branch; the default one unless told otherwise. */
  readonly base?: string;
  readonly isDraft?: boolean;
}

export interface PersonsComment {
  readonly by: string;
  readonly body: string;
  /** When it is written through some App. */
  readonly viaAppId?: number;
}

export interface PersonsStatus {
  readonly by: string;
  readonly sha: string;
  readonly context: string;
  readonly state: StatusState["state"];
  readonly description?: string;
}

/** What people do, by login. All of it is told to the App as GitHub would. @throws ApiError as GitHub would answer */
export interface People extends RepositoryActions, InstallationActions {
  openPullRequest(repository: RepositoryState, wanted: PersonsPull): Promise<PullPlace>;
  editPullRequest(place: PullPlace, by: string, changes: PullChanges): Promise<void>;
  markReady(place: PullPlace, by: string): Promise<void>;
  /** @returns the SHA on the base branch. */
  merge(place: PullPlace, by: string, method?: MergeMethod): Promise<string>;
  comment(place: PullPlace, comment: PersonsComment): CommentState;
  editComment(place: PullPlace, commentId: number, edit: PersonsComment): CommentState;
  deleteComment(place: PullPlace, commentId: number, by: string): void;
  setStatus(repository: RepositoryState, status: PersonsStatus): StatusState;
  rerequestCheckRun(repository: RepositoryState, runId: number, by: string): void;
  rerequestCheckSuite(repository: RepositoryState, headSha: string, by: string): void;
  addMergeGroup(place: PullPlace, by: string): Promise<MergeGroup>;
  finishMergeGroup(place: PullPlace, group: MergeGroup, by: string): Promise<void>;
}

/** @param folder - where the bare repositories are kept. */
export function createPeople(world: World, folder: string): People {
  const account = (login: string): Account => findAccount(world, login);
  return {
    ...createRepositoryActions(world, folder),
    ...createInstallationActions(world),
    async openPullRequest(repository, { by, head, base, ...rest }) {
      const wanted = {
        ...rest,
        author: account(by),
        headBranch: head,
        baseBranch: base ?? repository.defaultBranch,
      };
      return { repository, pull: await openPull(world, repository, wanted) };
    },
    editPullRequest: (place, by, changes) => editPull(world, place, { ...changes, by: account(by) }),
    markReady: (place, by) => markReady(world, place, account(by)),
    merge: (place, by, method = "merge") => mergePullRequest(world, place, { method, by: account(by) }),
    comment({ repository, pull }, { by, ...comment }) {
      return addComment(world, { repository, number: pull.number }, { ...comment, account: account(by) });
    },
    editComment({ repository }, commentId, { by, body }) {
      return editComment(world, { repository, commentId }, { body, account: account(by) });
    },
    deleteComment: ({ repository }, commentId, by) =>
      deleteComment(world, { repository, commentId }, account(by)),
    setStatus(repository, { by, description = "", ...status }) {
      return addStatus(world, repository, { ...status, description, targetUrl: "", creator: account(by) });
    },
    rerequestCheckRun(repository, runId, by) {
      rerequestCheckRun(world, { repository, run: findCheckRun(repository, runId) }, account(by));
    },
    rerequestCheckSuite: (repository, headSha, by) =>
      rerequestCheckSuite(world, { repository, headSha }, account(by)),
    addMergeGroup: (place, by) => addMergeGroup(world, place, account(by)),
    finishMergeGroup: (place, group, by) => finishMergeGroup(world, place, { group, by: account(by) }),
  };
}
