import type { DatabaseSync, StatementSync } from "node:sqlite";

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
  const byApplication = database.prepare(
    "SELECT body FROM operations WHERE application = ? ORDER BY rowid DESC LIMIT ?",
  );
  const trim = database.prepare(
    `DELETE FROM operations WHERE application = ? AND is_running = 0 AND rowid NOT IN
       (SELECT rowid FROM operations WHERE application = ? ORDER BY rowid DESC LIMIT ?)`,
  );
  const known = database.prepare("SELECT 1 FROM operations WHERE id = ?");
  const latest = createLatest(byApplication);
  const running = readRunning(database);
  return {
    start(operation) {
      if (known.get(operation.id) !== undefined) return "known";
      if (latest.get(operation.application)?.phase === "Running")
        throw new RangeError(`${operation.application} already has a running operation`);
      insert.run(operation.id, operation.application, operation.startedAt, JSON.stringify(operation));
      running.set(operation.id, operation);
      latest.forget(operation.application);
      return "started";
    },
    save(operation) {
      const isRunning = operation.phase === "Running";
      const { changes } = update.run(Number(isRunning), JSON.stringify(operation), operation.id);
      if (changes > 0) latest.replace(operation);
      if (isRunning) {
        if (changes > 0) running.set(operation.id, operation);
        return;
      }
      running.delete(operation.id);
      trim.run(operation.application, operation.application, FINISHED_KEPT_MAX);
    },
    running: () => [...running.values()],
    history(application, limit) {
      if (limit > 1) return byApplication.all(application, limit).map(bodyOf<Operation>);
      const newest = latest.get(application);
      return newest === undefined ? [] : [newest];
    },
  };
}

/** The newest operation of each Application that was asked for: it is asked at every look and every write. */
function createLatest(byApplication: StatementSync) {
  const known = new Map<string, Operation | undefined>();
  const latest = {
    get(application: string): Operation | undefined {
      if (!known.has(application))
        known.set(application, byApplication.all(application, 1).map(bodyOf<Operation>)[0]);
      return known.get(application);
    },
    replace(operation: Operation): void {
      if (latest.get(operation.application)?.id === operation.id) known.set(operation.application, operation);
    },
    forget: (application: string) => void known.delete(application),
  };
  return latest;
}

/** In memory as well, oldest first: the write door asks at every write, of a thousand Applications at once perhaps. */
function readRunning(database: DatabaseSync): Map<string, Operation> {
  const rows = database
    .prepare("SELECT body FROM operations WHERE is_running = 1 ORDER BY started_at, rowid")
    .all();
  return new Map(rows.map(bodyOf<Operation>).map((operation) => [operation.id, operation]));
}

/** Reads the JSON column that holds a row's whole value. */
export function bodyOf<T>(row: Readonly<Record<string, unknown>>): T {
  return JSON.parse(String(row["body"])) as T;
}
