/** What was shown on pull requests, and when by GitHub's clock: what a command may be bound to. */
export interface ShownPreviews {
  record(shown: ShownPreview): void;
  /** Newest first. */
  list(repositoryId: number, number: number): readonly ShownPreview[];
  /** The comment's orders were carried out or refused, and it was said. */
  answer(commentId: number, answeredAt: number): void;
  isAnswered(commentId: number): boolean;
  /** Head SHAs of forks that somebody with write permission allowed to be rendered. */
  allowFork(repositoryId: number, number: number, headSha: string): void;
  isForkAllowed(repositoryId: number, number: number, headSha: string): boolean;
  /** Digests of changes of many Applications that somebody with write permission let pass. */
  confirmChange(repositoryId: number, number: number, digest: string): void;
  isChangeConfirmed(repositoryId: number, number: number, digest: string): boolean;
}

export interface ShownPreview {
  readonly repositoryId: number;
  readonly number: number;
  readonly headSha: string;
  /** GitHub's Date on the write that showed it. */
  readonly shownAt: number;
  /** Of all that was shown; absent where nothing was rendered. */
  readonly digest?: string;
  readonly commentId: number | undefined;
  readonly checkRunId: number | undefined;
  /** Per `namespace/name`: digest and input key of the render at the merge result, `""` for one that is removed by it. */
  readonly applications: Readonly<
    Record<string, { readonly digest: string; readonly inputKey: string; readonly guardDigest: string }>
  >;
}
