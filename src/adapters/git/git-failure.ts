/** A Git process that did not do what it was asked. Never leaves this folder: {@link explainFailure} translates it. */
export class GitFailure extends Error {
  override readonly name = "GitFailure";
  readonly kind: "exit" | "timeout" | "aborted" | "outputTooLarge" | "spawn";
  readonly exitCode: number;
  /** English, the end of it. May quote URLs and names of files; never headers or keys. */
  readonly stderr: string;

  constructor(
    kind: GitFailure["kind"],
    facts: { readonly command: string; readonly exitCode: number; readonly stderr: string },
    options?: ErrorOptions,
  ) {
    super(`git ${facts.command}: ${kind} ${facts.exitCode}: ${facts.stderr.trim().slice(-500)}`, options);
    this.kind = kind;
    this.exitCode = facts.exitCode;
    this.stderr = facts.stderr;
  }
}
