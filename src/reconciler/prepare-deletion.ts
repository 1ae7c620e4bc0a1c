import { type Application, type ApplicationSource, applicationId } from "../domain/application.ts";
import { planDeletion } from "../domain/deletion-plan.ts";
import { excludedKinds } from "../domain/excluded-kinds.ts";
import { deletionHookOf } from "../domain/hooks.ts";
import type { TargetManifest } from "../domain/manifest.ts";
import type { Operation } from "../domain/operation.ts";
import { objectJudge } from "../domain/project-rules.ts";
import { formatGroupKind, formatResourceKey } from "../domain/resource-key.ts";
import { OperationError } from "../errors/operation-error.ts";
import type { ManagedLiveState } from "../ports/cluster-reads.ts";
import { isSameRepository } from "./find-change.ts";
import { type Place, placeOf, renderAt, withStaleAmong } from "./observe-application.ts";
import { type PreparedOperation, type PreparePorts, pinnedTrees } from "./prepare-sync.ts";
import type { RegisteredApplication } from "./registry.ts";

/**
 * Plans the deletion of an Application's objects from the present live state.
 * @throws OperationError when it cannot be told what is there (LiveStateStale), or who wants it (AdoptionUnclear)
 */
export async function prepareDeletion(
  application: Application,
  operation: Operation,
  ports: PreparePorts,
): Promise<PreparedOperation> {
  const place = await placeOf(application, ports);
  const { connection, project, scopeOf } = place;
  const targets = await deletionHooks(application, operation, { place, ports });
  const live = await liveStateOf(application, targets, { place, ports });
  const wanted = await wantedByOthers(application, place, ports);
  // Under another namespace, say: what carries the name's tracking ids belongs to the one that is there.
  const isStillNamed = ports.registry.byInstanceName(application.instanceName).length > 0;
  const judge = objectJudge(project, { cluster: connection.cluster, scopeOf });
  const identity = await connection.reads.identity();
  const { lastClusterIdentity = identity } = ports.historyOf(application);
  const tasks = planDeletion({
    application,
    live: live.objects,
    targets,
    cluster: {
      isPermitted: (key) => judge(key) === undefined,
      isWanted: (key) => isStillNamed || wanted.has(formatResourceKey(key)),
      identity: identity === lastClusterIdentity ? "same" : "changed",
    },
    operation: { revision: operation.request.revisions[0] ?? "", startedAt: operation.startedAt },
  });
  return { operation: { ...operation, clusterIdentity: identity }, tasks, connection };
}

interface Where {
  readonly place: Place;
  readonly ports: PreparePorts;
}

/** Hooks are rendered where they were seen last; without any, Git is not asked. */
async function deletionHooks(
  application: Application,
  operation: Operation,
  { place, ports }: Where,
): Promise<readonly TargetManifest[]> {
  if (operation.request.revisions.length === 0) return [];
  const trees = await pinnedTrees(application, operation, ports);
  const { state } = await renderAt({ application, trees, trust: "synced", place }, ports);
  return state.manifests.filter((target) => deletionHookOf(target) !== undefined);
}

async function liveStateOf(
  application: Application,
  hooks: readonly TargetManifest[],
  { place: { connection }, ports }: Where,
): Promise<ManagedLiveState> {
  const keys = hooks.map(({ key }) => key);
  const isExcluded = excludedKinds(connection.cluster.server, ports.registry.snapshot().settings);
  const kinds = [...ports.formerKinds(application), ...keys].filter((kind) => !isExcluded(kind));
  await connection.live.watch(kinds);
  const managed = connection.live.managed(application.instanceName, keys);
  const live = withStaleAmong(managed, kinds);
  // What the operator excluded is nothing that we touch.
  if (live.staleKinds.length === 0)
    return { ...live, objects: live.objects.filter(({ key }) => !isExcluded(key)) };
  const { name, server } = connection.cluster;
  throw OperationError.of("LiveStateStale", {
    destination: name === "" ? server : name,
    kinds: live.staleKinds.map(formatGroupKind),
  });
}

/**
 * Keys of objects that Applications which are still defined want in the same cluster: one that was renamed, moved or
 * split has left its objects to others, and they are adopted, not deleted (T285).
 */
async function wantedByOthers(
  application: Application,
  place: Place,
  ports: PreparePorts,
): Promise<ReadonlySet<string>> {
  const wanted = new Set<string>();
  for (const other of ports.registry.list()) {
    if (!readsSameFolder(application, other.application)) continue;
    for (const key of await wantedBy(application, other, { place, ports })) wanted.add(key);
  }
  return wanted;
}

async function wantedBy(
  application: Application,
  { application: other, problems, isStale }: RegisteredApplication,
  { place, ports }: Where,
): Promise<readonly string[]> {
  const unclear = (cause?: unknown) =>
    OperationError.of(
      "AdoptionUnclear",
      { application: applicationId(application), other: applicationId(other) },
      { cause },
    );
  if (isStale || problems.length > 0) throw unclear();
  try {
    const otherPlace = await placeOf(other, ports);
    if (otherPlace.connection.cluster.server !== place.connection.cluster.server) return [];
    const trees = await ports.revisions.treesOf(other);
    const { state } = await renderAt(
      { application: other, trees, trust: "synced", place: otherPlace },
      ports,
    );
    return state.manifests.map(({ key }) => formatResourceKey(key));
  } catch (error) {
    if (error instanceof OperationError && !error.retryable) throw unclear(error);
    throw error;
  }
}

/** One folder, or one within the other: what was split reads parts of what there was. */
function readsSameFolder({ sources }: Application, other: Application): boolean {
  return sources.some((source) => other.sources.some((one) => isNested(source, one)));
}

function isNested(a: ApplicationSource, b: ApplicationSource): boolean {
  if (!isSameRepository(a.repoURL, b.repoURL)) return false;
  const [first, second] = [folderOf(a), folderOf(b)];
  return first.startsWith(second) || second.startsWith(first);
}

/** `deploy/web/`; `""` for the root. */
function folderOf({ path }: ApplicationSource): string {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  return parts.map((part) => `${part}/`).join("");
}
