import type { ReadSet } from "../domain/read-set.ts";
import type { GroupKind } from "../domain/resource-key.ts";

/** What each Application's last renders looked at, kept so that a restart need not render everything to know. */
export interface ReadSets {
  load(): readonly RecordedReadSet[];
  save(recorded: RecordedReadSet): void;
  forget(application: string): void;
}

export interface RecordedReadSet {
  /** `namespace/name`. */
  readonly application: string;
  /** `definitionKeyOf` the Application that was rendered: with another one, nothing is known of what it reads. */
  readonly definition: string;
  /** Per source: repositories (keys of mounts) and what was read of each. */
  readonly sources: readonly {
    readonly mounts: readonly { readonly repository: string }[];
    readonly readSet: ReadSet;
  }[];
  /** Kinds it has objects of, or had: what is no longer in Git is still looked for after a restart. */
  readonly kinds: readonly GroupKind[];
}
