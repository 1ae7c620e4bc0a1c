import type { DatabaseSync } from "node:sqlite";

import { bodyOf } from "./operations.ts";

/** A table of one JSON value an Application. */
export interface KeyedBodies<T> {
  load(): readonly T[];
  save(body: T): void;
  /** @param application - `namespace/name` */
  forget(application: string): void;
}

/** The tables that have this shape. */
type Table = "read_sets" | "finalized_applications";

export function createKeyedBodies<T>(
  database: DatabaseSync,
  table: Table,
  applicationOf: (body: T) => string,
): KeyedBodies<T> {
  const save = database.prepare(
    `INSERT INTO ${table} (application, body) VALUES (?, ?) ON CONFLICT (application) DO UPDATE SET body = excluded.body`,
  );
  const forget = database.prepare(`DELETE FROM ${table} WHERE application = ?`);
  const all = database.prepare(`SELECT body FROM ${table} ORDER BY application`);
  return {
    load: () => all.all().map(bodyOf<T>),
    save: (body) => void save.run(applicationOf(body), JSON.stringify(body)),
    forget: (application) => void forget.run(application),
  };
}
