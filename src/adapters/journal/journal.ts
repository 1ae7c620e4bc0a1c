import { randomBytes } from "node:crypto";

import { applicationId } from "../../domain/application.ts";
import type { FinalizedApplication } from "../../domain/resources-finalizer.ts";
import type { Deliveries } from "../../ports/deliveries.ts";
import type { Deployments } from "../../ports/deployments.ts";
import type { FinalizedApplications } from "../../ports/finalized-applications.ts";
import type { Operations } from "../../ports/operations.ts";
import type { ReadSets, RecordedReadSet } from "../../ports/read-sets.ts";
import type { ShownPreviews } from "../../ports/shown-previews.ts";
import { type DatabaseOptions, openDatabase } from "./database.ts";
import { createDeliveries } from "./deliveries.ts";
import { createDeployments } from "./deployments.ts";
import { createKeyedBodies } from "./keyed-bodies.ts";
import { createOperations } from "./operations.ts";
import { createShownPreviews } from "./shown-previews.ts";

/** Several ports on one SQLite connection; whoever needs one is handed that one. */
export function openJournal(options: DatabaseOptions): {
  readonly deliveries: Deliveries;
  readonly deployments: Deployments;
  readonly finalizedApplications: FinalizedApplications;
  readonly operations: Operations;
  readonly shownPreviews: ShownPreviews;
  readonly readSets: ReadSets;
  /** Secret of this installation, made once: seeds for templates that ask for randomness are derived from it. */
  readonly seedSecret: string;
  close(): void;
} {
  const database = openDatabase(options);
  return {
    deliveries: createDeliveries(database),
    deployments: createDeployments(database),
    finalizedApplications: createKeyedBodies<FinalizedApplication>(
      database,
      "finalized_applications",
      ({ application }) => applicationId(application),
    ),
    operations: createOperations(database),
    shownPreviews: createShownPreviews(database),
    readSets: createKeyedBodies<RecordedReadSet>(database, "read_sets", ({ application }) => application),
    seedSecret: keptSecret(),
    close: () => database.close(),
  };

  function keptSecret(): string {
    const insert = database.prepare("INSERT OR IGNORE INTO secrets (name, value) VALUES ('seed', ?)");
    insert.run(randomBytes(32).toString("hex"));
    return String(database.prepare("SELECT value FROM secrets WHERE name = 'seed'").get()?.["value"]);
  }
}
