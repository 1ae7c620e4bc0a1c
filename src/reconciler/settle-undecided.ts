import type { Application } from "../domain/application.ts";
import { settleResource, withSettledResources } from "../domain/compare-application.ts";
import type { ComparedResource, Comparison } from "../domain/comparison.ts";
import { type IgnoreRules, ignoredPointers } from "../domain/ignore-differences.ts";
import { OperationError } from "../errors/operation-error.ts";
import type { ClusterConnection } from "../ports/clusters.ts";
import { createRecentMap } from "./recent-map.ts";

/** Has the API server decide what cannot be told from field ownership; one dry run for each state of an object. */
export type SettleUndecided = (question: {
  readonly application: Application;
  readonly comparison: Comparison;
  readonly connection: ClusterConnection;
}) => Promise<Comparison>;

/** What was decided of an object, without the object: 20,000 of those are too many to keep. */
type Answer = Omit<ComparedResource, "key" | "target" | "live" | "health">;

/** Answers kept; each is one object in one state. */
const ANSWERS_MAX = 20_000;

export function createSettleUndecided(settings: () => IgnoreRules["settings"]): SettleUndecided {
  /** By target digest, uid, resourceVersion and what is ignored: the same four give the same answer. */
  const answers = createRecentMap<string, Answer>(ANSWERS_MAX);
  return async ({ application, comparison, connection }) => {
    // What may be out of date is Unknown whatever the server says, and its answer would outlive that.
    const undecided = comparison.resources.filter((one) => one.undecided && one.status !== "Unknown");
    if (undecided.length === 0) return comparison;
    const pointersOf = ignoredPointers({ application: application.ignoreDifferences, settings: settings() });
    const settled = await Promise.all(
      undecided.map(async (resource) => {
        const ignored = resource.target === undefined ? [] : pointersOf(resource.target);
        const key = stateKey(connection.cluster.server, resource, ignored);
        const known = answers.get(key);
        if (known !== undefined) return { ...resource, ...known };
        const decided = await settle(resource, connection, ignored);
        const { key: _key, target: _target, live: _live, health: _health, ...answer } = decided;
        answers.set(key, answer);
        return decided;
      }),
    );
    return withSettledResources(comparison, settled);
  };
}

async function settle(
  resource: ComparedResource,
  { reads, dryRun }: ClusterConnection,
  ignored: readonly string[],
): Promise<ComparedResource> {
  const { target, key } = resource;
  if (target === undefined) return resource;
  const live = await reads.get(key, target.apiVersion);
  // Gone meanwhile: the watch will say so, and then it is missing.
  if (live === undefined) return { ...resource, status: "OutOfSync", undecided: false };
  try {
    const result = await dryRun.dryRunApply(target, { validate: "ignore" });
    return settleResource(resource, { live, result }, ignored);
  } catch (error) {
    // What the server will not accept is not what it holds; the sync will say why.
    const isRefused = error instanceof OperationError && !error.retryable;
    if (!isRefused) throw error;
    return { ...resource, status: "OutOfSync", undecided: false };
  }
}

function stateKey(server: string, { target, live }: ComparedResource, ignored: readonly string[]): string {
  return [`${server} ${target?.digest} ${live?.uid} ${live?.resourceVersion}`, ...ignored].join("\n");
}
