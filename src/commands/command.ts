import type { CommandVerb } from "../domain/command-binding.ts";

/** What one line orders. Names are data: they are looked up, and never become part of another command. */
export type Command =
  /** `confirm`: digest of a change of many Applications that is let through; `""` for none. */
  | { readonly verb: "diff"; readonly confirm: string }
  | {
      readonly verb: "sync";
      /** As written, `NAME` or `NAMESPACE/NAME`; empty for all that the pull request affects. */
      readonly applications: readonly string[];
      readonly prune: boolean;
      /** Digest of the guard's reasons that are confirmed; `""` for none. */
      readonly confirm: string;
      readonly dryRun: boolean;
    }
  | { readonly verb: "refresh"; readonly applications: readonly string[] }
  | { readonly verb: "status" }
  | { readonly verb: "help" }
  | { readonly verb: "explain"; readonly application: string | undefined };

export interface WrittenCommand {
  readonly command: Command;
  /** The line it was written in, from 1. */
  readonly line: number;
}

/** A line that tries to be a command and is none. `text` is what was written, printable and short. */
export type CommandProblem = { readonly line: number; readonly text: string } & (
  | { readonly kind: "UnknownCommand"; readonly nearest: CommandVerb | undefined }
  /** A word that has its place, but no meaning yet. */
  | { readonly kind: "NotBuiltYet"; readonly word: string }
  /** Letters of another alphabet that look like ours. */
  | { readonly kind: "LookAlike"; readonly nearest: CommandVerb }
  | { readonly kind: "UnknownFlag"; readonly flag: string; readonly nearest: string | undefined }
  | { readonly kind: "RepeatedFlag"; readonly flag: string }
  | { readonly kind: "MissingValue"; readonly flag: string }
  | { readonly kind: "InvalidDigest"; readonly value: string }
  | { readonly kind: "InvalidName"; readonly value: string }
  | { readonly kind: "TooManyNames"; readonly max: number }
);

/** What a comment says to us. */
export type CommentReading =
  /** Nothing: the usual comment. */
  | { readonly kind: "none" }
  /** At least one of the two is not empty. */
  | {
      readonly kind: "orders";
      readonly commands: readonly WrittenCommand[];
      readonly problems: readonly CommandProblem[];
    }
  /** More than a comment may hold: none of them is carried out. */
  | { readonly kind: "too-many"; readonly count: number; readonly max: number };
