import type { Operation, TaskResult } from "../domain/operation.ts";
import { readTaskId } from "../domain/task-outcome.ts";

/** A line of progress is read as it passes; the whole message comes at the end. */
const MESSAGE_CHARS_MAX = 240;
const STATUS_CHARS = "SyncFailed".length;
const PHASE_CHARS = "PostSync".length;

/**
 * Tells an operation's steps as they happen, one line for each thing, once an attempt. What was not pruned is left to the
 * outcome, which says why.
 *
 * @param now - milliseconds since the epoch.
 */
export function createSyncProgress(
  say: (line: string) => void,
  now: () => number,
): (operation: Operation) => void {
  const told = new Set<string>();
  const toldResults = new Set<string>();
  const sayOnce = (line: string): void => {
    if (line !== "" && !told.has(line)) say(line);
    told.add(line);
  };
  return (operation) => {
    for (const result of operation.results) {
      const news = `${result.task} ${result.status} ${result.message}`;
      if (result.status !== "PruneSkipped" && !toldResults.has(news)) say(resultLine(result));
      toldResults.add(news);
    }
    if (operation.nextAttemptAt === undefined) {
      // How it ended is the outcome's to say.
      if (operation.finishedAt === undefined) sayOnce(oneLine(operation.message));
      return;
    }
    const seconds = Math.max(0, Math.round((operation.nextAttemptAt - now()) / 1_000));
    sayOnce(
      `attempt ${operation.retryCount} failed: ${oneLine(operation.message)}; the next one begins in ${seconds} s`,
    );
    told.clear();
    toldResults.clear();
    // It stays with the operation until the next attempt has something of its own to say.
    told.add(oneLine(operation.message));
  };
}

/** `Synced     PreSync   Job shop/migrate`, and once it has come to its end `Succeeded  PreSync   Job shop/migrate: …`. */
function resultLine({ task, status, outcome, message }: TaskResult): string {
  const { phase, object } = readTaskId(task);
  const isOver = outcome !== undefined && status === "Synced" && message !== "";
  const word = isOver ? outcome : status;
  const detail = message === "" || status === "Pruned" ? "" : `: ${oneLine(message)}`;
  return `${word.padEnd(STATUS_CHARS)} ${phase.padEnd(PHASE_CHARS)} ${object}${detail}`;
}

function oneLine(text: string): string {
  const line = text.replace(/\s*\n\s*/g, " ").trim();
  return line.length > MESSAGE_CHARS_MAX ? `${line.slice(0, MESSAGE_CHARS_MAX)}…` : line;
}
