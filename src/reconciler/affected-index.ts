import { createAffectedApplications, readsOf } from "../domain/affected-applications.ts";
import { type Application, applicationId } from "../domain/application.ts";
import { definitionKeyOf } from "../domain/auto-sync.ts";
import type { GroupKind } from "../domain/resource-key.ts";
import type { ReadSets } from "../ports/read-sets.ts";
import { once } from "./cluster-facts.ts";
import type { Merge } from "./find-change.ts";
import type { Observation } from "./observe-application.ts";

/** What every Application's last render looked at, kept across restarts. */
export interface AffectedIndex {
  /** Notes what a render read and which kinds there are; written down only when that is new. */
  record(id: string, observation: Observation): void;
  forget(id: string): void;
  /** Kinds the Application had objects of. */
  formerKinds(application: Application): readonly GroupKind[];
  /** Whether the Application may read one of the merge's changed paths; one that was never rendered as it is defined now always may. */
  mayBeAffected(application: Application, merge: Merge): Promise<boolean>;
  /** Which Applications a move of a repository from one tree to another may concern. */
  affectedBy(repositoryKey: string, paths: readonly string[]): ReadonlySet<string>;
  isKnown(id: string): boolean;
  /** The changed paths it reads, for `/explain`; empty for none, `undefined` when it was never rendered. */
  causes(application: Application, merge: Merge): readonly string[] | undefined;
}

interface Known {
  readonly body: string;
  readonly definition: string;
  readonly kinds: readonly GroupKind[];
}

export function createAffectedIndex(readSets: ReadSets): AffectedIndex {
  const index = createAffectedApplications();
  const known = new Map<string, Known>();
  const found = new WeakMap<Merge, ReadonlyMap<string, readonly string[]>>();
  const definitionOf = once(definitionKeyOf);
  for (const { application, definition, sources, kinds } of readSets.load()) {
    index.record(application, readsOf(sources));
    known.set(application, { body: JSON.stringify({ sources, kinds }), definition, kinds });
  }
  const causes = (application: Application, merge: Merge): readonly string[] | undefined => {
    const id = applicationId(application);
    if (known.get(id)?.definition !== definitionOf(application)) return undefined;
    const affected = found.get(merge) ?? index.affectedBy(merge.repository.key, merge.paths);
    found.set(merge, affected);
    return affected.get(id) ?? [];
  };
  return {
    causes,
    isKnown: (id) => known.has(id),
    affectedBy: (repositoryKey, paths) => new Set(index.affectedBy(repositoryKey, paths).keys()),
    mayBeAffected: async (application, merge) => causes(application, merge)?.length !== 0,
    formerKinds: (application) => known.get(applicationId(application))?.kinds ?? [],
    record(id, { application, targets, comparison }) {
      const definition = definitionOf(application);
      const kinds = kindsOf(comparison.resources.map(({ key }) => key));
      // Trees change with every commit; what was read in them is what counts.
      const sources = targets.sources.map(({ mounts, readSet }) => ({
        mounts: mounts.map(({ repository }) => ({ repository })),
        readSet,
      }));
      const body = JSON.stringify({ sources, kinds });
      const before = known.get(id);
      if (before?.body === body && before.definition === definition) return;
      known.set(id, { body, definition, kinds });
      index.record(id, readsOf(sources));
      readSets.save({ application: id, definition, sources, kinds });
    },
    forget(id) {
      known.delete(id);
      index.forget(id);
      readSets.forget(id);
    },
  };
}

function kindsOf(kinds: readonly GroupKind[]): readonly GroupKind[] {
  const byName = new Map(kinds.map(({ group, kind }) => [`${group}/${kind}`, { group, kind }]));
  return [...byName.values()].sort((a, b) => (`${a.group}/${a.kind}` < `${b.group}/${b.kind}` ? -1 : 1));
}
