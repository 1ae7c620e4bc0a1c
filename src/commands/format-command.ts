import type { Command } from "./command.ts";

/** A command as one would write it; reading that gives the command again. */
export function formatCommand(command: Command): string {
  switch (command.verb) {
    case "sync":
      return [
        "/sync",
        ...command.applications,
        ...(command.prune ? ["--prune"] : []),
        ...(command.confirm === "" ? [] : ["--confirm", command.confirm]),
        ...(command.dryRun ? ["--dry-run"] : []),
      ].join(" ");
    case "refresh":
      return ["/refresh", ...command.applications].join(" ");
    case "explain":
      return command.application === undefined ? "/explain" : `/explain ${command.application}`;
    case "diff":
      return command.confirm === "" ? "/diff" : `/diff --confirm ${command.confirm}`;
    case "status":
    case "help":
      return `/${command.verb}`;
  }
}
