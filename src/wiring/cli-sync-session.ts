import type { openJournal } from "../adapters/journal/journal.ts";
import type { SyncListener, SyncQuestion } from "../cli/sync.ts";
import type { Application } from "../domain/application.ts";
import type { CliCluster } from "./cli-cluster.ts";
import type { CliWorld } from "./cli-world.ts";
import type { Core } from "./core.ts";

/** One `plumbline sync`, with all it needs at hand. */
export interface SyncSession extends Core {
  readonly question: SyncQuestion;
  readonly application: Application;
  readonly world: CliWorld;
  readonly cluster: CliCluster;
  readonly journal: ReturnType<typeof openJournal>;
  readonly warnings: readonly string[];
}

/** How long, and who may stop it. */
export interface SyncWaiting extends SyncListener {
  readonly timeoutMs: number;
  readonly interrupted: AbortSignal;
}
