import { mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { OperationError } from "../../errors/operation-error.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Log } from "../../ports/log.ts";

const FIRST_SCHEMA = `
  CREATE TABLE deliveries (id INTEGER PRIMARY KEY, request TEXT NOT NULL);
  CREATE TABLE operations (
    id TEXT PRIMARY KEY, application TEXT NOT NULL, is_running INTEGER NOT NULL, started_at INTEGER NOT NULL, body TEXT NOT NULL);
  CREATE UNIQUE INDEX one_running_operation ON operations (application) WHERE is_running = 1;
  CREATE INDEX operations_by_application ON operations (application, started_at);
  CREATE TABLE shown_previews (
    repository_id INTEGER NOT NULL, number INTEGER NOT NULL, shown_at INTEGER NOT NULL, body TEXT NOT NULL);
  CREATE INDEX shown_by_pull_request ON shown_previews (repository_id, number, shown_at);
  CREATE TABLE answered_comments (comment_id INTEGER PRIMARY KEY, answered_at INTEGER NOT NULL);
  CREATE TABLE allowed_forks (repository_id INTEGER NOT NULL, number INTEGER NOT NULL, head_sha TEXT NOT NULL,
    PRIMARY KEY (repository_id, number, head_sha));
  CREATE TABLE deployments (repository_id INTEGER NOT NULL, sha TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (repository_id, sha));
  CREATE TABLE read_sets (application TEXT PRIMARY KEY, body TEXT NOT NULL);
  CREATE TABLE secrets (name TEXT PRIMARY KEY, value TEXT NOT NULL);
`;

/** Steps to each version from the one before: an older file is migrated step by step, a newer one is refused. */
const SCHEMA_STEPS = [
  FIRST_SCHEMA,
  `CREATE TABLE confirmed_changes (repository_id INTEGER NOT NULL, number INTEGER NOT NULL, digest TEXT NOT NULL,
     PRIMARY KEY (repository_id, number, digest));`,
  "CREATE TABLE finalized_applications (application TEXT PRIMARY KEY, body TEXT NOT NULL);",
];
const SCHEMA_VERSION = SCHEMA_STEPS.length;

export interface DatabaseOptions {
  readonly stateDir: string;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Opens the state folder's one SQLite file and holds it exclusively: one process a folder. A file that is damaged is put
 * aside and begun anew, because all it holds can be found again in Git, the cluster and GitHub (T241).
 * @throws OperationError StateFolderInUse, StateFolderUnusable, StateFolderTooNew
 */
export function openDatabase({ stateDir, clock, log }: DatabaseOptions): DatabaseSync {
  const path = join(stateDir, "journal.sqlite");
  try {
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
    return openAt(path);
  } catch (error) {
    const code = sqliteCode(error);
    if (code !== SQLITE_CORRUPT && code !== SQLITE_NOT_A_DATABASE) throw whyNotOpened(error, stateDir);
    const aside = `${path}.damaged-${clock.now()}`;
    renameSync(path, aside);
    log.warn(
      "the journal was damaged and is begun anew; what it held is read again from Git, GitHub and the clusters",
      {
        aside,
      },
    );
    return openAt(path);
  }
}

/** Runs `work` in one transaction: all of it is durable, or none. */
export function transaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    rollBack(database);
    throw error;
  }
}

/** A full disk ends the transaction by itself; what went wrong first is what is told. */
function rollBack(database: DatabaseSync): void {
  try {
    database.exec("ROLLBACK");
  } catch {
    // Nothing is left of it either way.
  }
}

function whyNotOpened(error: unknown, folder: string): unknown {
  const code = sqliteCode(error);
  if (code === SQLITE_BUSY) return OperationError.of("StateFolderInUse", { folder }, { cause: error });
  const problem =
    code === undefined ? FILE_PROBLEMS[(error as NodeJS.ErrnoException).code ?? ""] : SQLITE_PROBLEMS[code];
  return problem === undefined
    ? error
    : OperationError.of("StateFolderUnusable", { folder, problem }, { cause: error });
}

const FILE_PROBLEMS: Readonly<Record<string, string>> = {
  EACCES: "it may not be written",
  EPERM: "it may not be written",
  EROFS: "its file system is read-only",
  ENOSPC: "its disk is full",
  EDQUOT: "its disk is full",
  EEXIST: "it is a file",
  ENOTDIR: "it is below a file",
};

const SQLITE_PROBLEMS: Readonly<Record<number, string>> = {
  8: "it may not be written",
  10: "its disk cannot be read or written",
  13: "its disk is full",
  14: "its journal cannot be opened",
};

// https://www.sqlite.org/rescode.html
const SQLITE_BUSY = 5;
const SQLITE_CORRUPT = 11;
const SQLITE_NOT_A_DATABASE = 26;

/**
 * What a killed process wrote is with the operating system and survives it; `NORMAL` spares the wait for the disk at every
 * write. After a power cut the newest entries may be missing, and are found again in Git, GitHub and the clusters.
 */
function openAt(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;");
    database.exec("BEGIN EXCLUSIVE; COMMIT;");
    migrate(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function migrate(database: DatabaseSync): void {
  const version = Number(database.prepare("PRAGMA user_version").get()?.["user_version"] ?? 0);
  if (version === SCHEMA_VERSION) return;
  if (version > SCHEMA_VERSION)
    throw OperationError.of("StateFolderTooNew", { version, known: SCHEMA_VERSION });
  transaction(database, () => {
    for (const step of SCHEMA_STEPS.slice(version)) database.exec(step);
    database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
  });
}

function sqliteCode(error: unknown): number | undefined {
  const code = (error as { errcode?: unknown } | undefined)?.errcode;
  // Extended codes keep the primary one in their low byte.
  return typeof code === "number" ? code & 0xff : undefined;
}
