import type { FinalizedApplication } from "../domain/resources-finalizer.ts";

/**
 * Applications whose objects go with them, kept so that a removal is noticed and carried out though we were not running.
 * Every call is durable when it returns.
 */
export interface FinalizedApplications {
  load(): readonly FinalizedApplication[];
  /** Puts it in the place of what was known of that Application. */
  save(finalized: FinalizedApplication): void;
  /** @param application - `namespace/name` */
  forget(application: string): void;
}
