import type { ConfigProblem, ControlPlaneSnapshot, FileReading } from "../../domain/control-plane.ts";
import { OperationError } from "../../errors/operation-error.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ControlPlane } from "../../ports/control-plane.ts";
import type { Log } from "../../ports/log.ts";
import { createDirectoryWatch } from "./directory-watch.ts";
import { createKnownFiles, type DefinitionReader } from "./known-files.ts";
import { oneAtATime } from "./one-at-a-time.ts";
import { describe } from "./read-text.ts";
import { soon } from "./soon.ts";
import { createSubscribers } from "./subscribers.ts";

export interface FolderControlPlaneOptions {
  readonly directory: string;
  readonly reader: DefinitionReader;
  readonly clock: Clock;
  readonly log: Log;
}

/** Editors write in several steps; what comes within this time is read once. */
const SETTLE_MS = 100;
/** What a change newly breaks is named up to here, the rest is counted: `plumbline validate` names all of it. */
const PROBLEMS_TOLD_MAX = 50;

/**
 * A control plane in a folder tree. Files are never written. A file that breaks, or a folder that cannot be read any
 * more, removes nothing: what was read last holds on, marked stale; only a file that is gone is a removal.
 * @throws OperationError ControlPlaneUnreadable when the folder cannot be read at the start
 */
export async function createFolderControlPlane({
  directory,
  reader,
  clock,
  log,
}: FolderControlPlaneOptions): Promise<ControlPlane> {
  const files = createKnownFiles(directory, reader);
  const subscribers = createSubscribers<ControlPlaneSnapshot>(log);
  const closing = new AbortController();
  const lookSoon = soon(() => looks.next(), { clock, delayMs: SETTLE_MS, signal: closing.signal });
  const watch = createDirectoryWatch({ onEvent: lookSoon, log });
  let snapshot = reader.assembleControlPlane([]);
  let folderProblem: string | undefined;
  let isOpen = false;
  const looks = oneAtATime(look);

  async function look(): Promise<ControlPlaneSnapshot> {
    if (closing.signal.aborted) return snapshot;
    const before = folderProblem;
    let hasChanged = false;
    try {
      const update = await files.update();
      hasChanged = update.hasChanged;
      folderProblem = undefined;
      if (!closing.signal.aborted && watch.follow(update.directories)) lookSoon();
    } catch (error) {
      folderProblem = describe(error);
    }
    if (hasChanged || folderProblem !== before) publish();
    return snapshot;
  }

  function publish(): void {
    const before = snapshot;
    const readings = [...folderReadings(directory, folderProblem), ...files.readings()];
    snapshot = reader.assembleControlPlane(readings);
    if (isOpen || folderProblem === undefined) tellChange(before, snapshot, log);
    subscribers.tell(snapshot);
  }

  const close = (): Promise<void> => {
    closing.abort();
    watch.close();
    return looks.settled();
  };

  await looks.next();
  if (folderProblem !== undefined) {
    await close();
    throw OperationError.of("ControlPlaneUnreadable", { directory, problem: folderProblem });
  }
  isOpen = true;
  return { current: () => snapshot, subscribe: subscribers.subscribe, refresh: looks.next, close };
}

function countsOf({ applications, problems }: ControlPlaneSnapshot): Readonly<Record<string, number>> {
  return { applications: applications.length, problems: problems.length };
}

/** Each new problem by itself, with its place: who started the server looks here first. */
function tellChange(before: ControlPlaneSnapshot, now: ControlPlaneSnapshot, log: Log): void {
  log.info("control plane read", countsOf(now));
  const known = new Set(before.problems.map(inWords));
  const problems = now.problems.filter((problem) => !known.has(inWords(problem)));
  for (const { severity, file, line, reason, title, remedy } of problems.slice(0, PROBLEMS_TOLD_MAX)) {
    const place = line === 0 ? file : `${file}:${line}`;
    log[severity === "error" ? "warn" : "info"](`${place}: ${title}`, { reason, remedy });
  }
  const more = problems.length - PROBLEMS_TOLD_MAX;
  if (more > 0) log.warn("the control plane has more problems; `plumbline validate` names them", { more });
}

function inWords({ file, line, title }: ConfigProblem): string {
  return JSON.stringify([file, line, title]);
}

/** The folder's own problem, as if it were a file's. */
function folderReadings(directory: string, problem: string | undefined): readonly FileReading[] {
  if (problem === undefined) return [];
  const error = OperationError.of("ControlPlaneUnreadable", { directory, problem });
  const { reason, title, remedy, retryable } = error;
  const place = { file: ".", document: 0, line: 0, field: "" };
  const problems = [{ ...place, reason, title, remedy, retryable, severity: "error" as const }];
  return [{ file: ".", documents: [{ file: ".", document: 0, line: 0, isStale: false, problems }] }];
}
