/**
 * What to look at, never what happened to it: the reconciler reads the present state itself, so late, repeated, lost and
 * forged deliveries all end in the same place. A slash command is no exception: the request names the comment, not the
 * order in it.
 */
export type ReconcileRequest =
  | (RepositoryScope & { readonly kind: "PullRequest"; readonly number: number })
  | (RepositoryScope & { readonly kind: "Comment"; readonly number: number; readonly commentId: number })
  /** A branch or tag moved. */
  | (RepositoryScope & { readonly kind: "Ref"; readonly ref: string })
  /** A check was asked to run again, or a merge group wants one. `groupRef` is the queue's branch. */
  | (RepositoryScope & { readonly kind: "Check"; readonly headSha: string; readonly groupRef?: string })
  /** The App was installed, removed, suspended, or its repositories changed. */
  | { readonly kind: "Installations" }
  /** By `namespace/name`. */
  | { readonly kind: "Application"; readonly application: string };

export interface RepositoryScope {
  readonly installationId: number;
  readonly repositoryId: number;
}

/** Requests with equal keys are one piece of work; one key is never worked on twice at once. */
export function requestKey(request: ReconcileRequest): string {
  switch (request.kind) {
    case "PullRequest":
      return `pull/${request.repositoryId}/${request.number}`;
    case "Comment":
      return `comment/${request.repositoryId}/${request.commentId}`;
    case "Ref":
      return `ref/${request.repositoryId}/${request.ref}`;
    case "Check":
      return `check/${request.repositoryId}/${request.headSha}`;
    case "Installations":
      return "installations";
    case "Application":
      return `application/${request.application}`;
  }
}
