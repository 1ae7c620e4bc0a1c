import type { DatabaseSync } from "node:sqlite";

import type { ReadSets, RecordedReadSet } from "../../ports/read-sets.ts";
import { bodyOf } from "./operations.ts";

/** {@link ReadSets} in SQLite. */
export function createReadSets(database: DatabaseSync): ReadSets {
  const save = database.prepare(
    "INSERT INTO read_sets (application, body) VALUES (?, ?) ON CONFLICT (application) DO UPDATE SET body = excluded.body",
  );
  const forget = database.prepare("DELETE FROM read_sets WHERE application = ?");
  const all = database.prepare("SELECT body FROM read_sets ORDER BY application");
  return {
    load: () => all.all().map(bodyOf<RecordedReadSet>),
    save: (recorded) => void save.run(recorded.application, JSON.stringify(recorded)),
    forget: (application) => void forget.run(application),
  };
}
