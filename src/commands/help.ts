import type { CommandVerb } from "../domain/command-binding.ts";

/** What `/help` says of a command. */
export interface CommandHelp {
  readonly usage: string;
  /** One sentence, no full stop. */
  readonly summary: string;
}

/** By verb, in the order that help lists them. */
export const COMMAND_HELP: Readonly<Record<CommandVerb, CommandHelp>> = {
  diff: {
    usage: "/diff [--confirm DIGEST]",
    summary:
      "Preview again; on a fork's pull request, allow exactly the commit that is shown to be rendered; with a digest, let exactly that change of many Applications pass",
  },
  sync: {
    usage: "/sync [APP…] [--prune] [--confirm DIGEST] [--dry-run]",
    summary: "After the merge: make the cluster match Git, for the named or all affected Applications",
  },
  refresh: {
    usage: "/refresh [APP…]",
    summary: "Compare with Git and the cluster again, for the named or all affected Applications",
  },
  status: { usage: "/status", summary: "Tell sync and health of the affected Applications" },
  explain: { usage: "/explain [APP]", summary: "Tell why an Application is, or is not, affected" },
  help: { usage: "/help", summary: "Tell what can be said here, and what of it you may do now" },
};

/** Words that other tools have and we shall have, so that they are not taken for mistakes. */
export const LATER_WORDS = [
  "adopt",
  "allow-large",
  "approve-sync",
  "freeze",
  "history",
  "ignore",
  "lock",
  "ok-to-render",
  "override-freeze",
  "promote",
  "revert",
  "rollback",
  "terminate",
  "unfreeze",
  "unlock",
  "wait",
] as const;
