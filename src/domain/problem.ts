/** A failure as it is shown: the catalogue's words, without the error object. */
export interface Problem {
  readonly reason: string;
  readonly title: string;
  /** Markdown. */
  readonly remedy: string;
  readonly retryable: boolean;
}
