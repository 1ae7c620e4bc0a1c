import type { DatabaseSync } from "node:sqlite";

import type { Operation } from "../../domain/operation.ts";
import type { Operations } from "../../ports/operations.ts";

/** Finished operations kept for each Application, whatever its `revisionHistoryLimit`: enough to explain the recent past. */
const FINISHED_KEPT_MAX = 50;

/** {@link Operations} in SQLite. That an Application has at most one running operation is an index, not a hope. */
export function createOperations(database: DatabaseSync): Operations {
  const insert = database.prepare(
    "INSERT INTO operations (id, application, is_running, started_at, body) VALUES (?, ?, 1, ?, ?)",
  );
  const update = database.prepare("UPDATE operations SET is_running = ?, body = ? WHERE id = ?");
  const running = database.prepare("SELECT body FROM operations WHERE is_running = 1 ORDER BY started_at");
  const byApplication = database.prepare(
    "SELECT body FROM operations WHERE application = ? ORDER BY started_at DESC, rowid DESC LIMIT ?",
  );
  const trim = database.prepare(
    `DELETE FROM operations WHERE application = ? AND is_running = 0 AND rowid NOT IN
       (SELECT rowid FROM operations WHERE application = ? ORDER BY started_at DESC, rowid DESC LIMIT ?)`,
  );
  const busy = database.prepare("SELECT 1 FROM operations WHERE application = ? AND is_running = 1");
  const known = database.prepare("SELECT 1 FROM operations WHERE id = ?");
  return {
    start(operation) {
      if (known.get(operation.id) !== undefined) return "known";
      if (busy.get(operation.application) !== undefined) {
        throw new RangeError(`${operation.application} already has a running operation`);
      }
      insert.run(operation.id, operation.application, operation.startedAt, JSON.stringify(operation));
      return "started";
    },
    save(operation) {
      const isRunning = operation.phase === "Running";
      update.run(Number(isRunning), JSON.stringify(operation), operation.id);
      if (!isRunning) trim.run(operation.application, operation.application, FINISHED_KEPT_MAX);
    },
    running: () => running.all().map(bodyOf<Operation>),
    history: (application, limit) => byApplication.all(application, limit).map(bodyOf<Operation>),
  };
}

/** Reads the JSON column that holds a row's whole value. */
export function bodyOf<T>(row: Readonly<Record<string, unknown>>): T {
  return JSON.parse(String(row["body"])) as T;
}
