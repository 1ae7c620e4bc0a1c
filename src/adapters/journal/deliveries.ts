import type { DatabaseSync } from "node:sqlite";

import type { ReconcileRequest } from "../../domain/reconcile-request.ts";
import type { Deliveries } from "../../ports/deliveries.ts";
import { transaction } from "./database.ts";

/** {@link Deliveries} in SQLite. */
export function createDeliveries(database: DatabaseSync): Deliveries {
  const insert = database.prepare("INSERT INTO deliveries (request) VALUES (?)");
  const remove = database.prepare("DELETE FROM deliveries WHERE id = ?");
  const all = database.prepare("SELECT id, request FROM deliveries ORDER BY id");
  return {
    append: (requests) =>
      transaction(database, () =>
        requests.map((request) => Number(insert.run(JSON.stringify(request)).lastInsertRowid)),
      ),
    complete(ids) {
      if (ids.length === 0) return;
      transaction(database, () => {
        for (const id of ids) remove.run(id);
      });
    },
    pending: () =>
      all.all().map((row) => ({
        id: Number(row["id"]),
        request: JSON.parse(String(row["request"])) as ReconcileRequest,
      })),
  };
}
