import type { ApplicationSource } from "../domain/application.ts";
import type { RenderSettings } from "../domain/control-plane-settings.ts";
import { canonicalJson, type JsonObject } from "../domain/json.ts";
import type { ReadEntry, ReadSet } from "../domain/read-set.ts";
import { OperationError } from "../errors/operation-error.ts";
import type { Digest } from "../ports/digest.ts";
import type { GitRepository } from "../ports/git.ts";
import type { Renderer, RenderRequest, RenderResult } from "../ports/renderer.ts";
import { once } from "./cluster-facts.ts";

/** A render and what named it. */
export interface CachedRender {
  readonly result: RenderResult;
  /**
   * Names every input: parameters, engines, and the object id of all that was read. Trust and seed are left out, so that
   * what a pull request showed can be recognised when it is synced.
   */
  readonly inputKey: string;
}

export interface RenderCache {
  /**
   * The render of a request, from memory where every path it read is the same object in the trees asked for.
   * @param repositories - the repository of each mount, in the order of the request's mounts.
   */
  render(
    request: RenderRequest,
    repositories: readonly GitRepository[],
    signal?: AbortSignal,
  ): Promise<CachedRender>;
  /** Renders and hits since the start: tests hold us to these. */
  counts(): { readonly renders: number; readonly hits: number };
}

/** Documents kept in all; the least recently used renders go first. Some 2 KB each in memory. */
const DOCUMENTS_MAX = 40_000;
/** Versions kept of one source with the same parameters: base, a few pull requests, and what is being synced. */
const VERSIONS_MAX = 8;
/** Trees remembered to hold what a version was made from; for others its reads are looked up. */
const TREES_MAX = 8;

/** One render, however many commits hold the same inputs. */
interface Version {
  /** Lists of the mounts' trees that it is the render of, the newest last. */
  readonly trees: string[];
  /** What it was rendered as: counts where the render used it. */
  readonly revision: string;
  readonly render: CachedRender;
}

interface CacheState {
  readonly renderer: Renderer;
  readonly digest: Digest;
  /** Stands for a cluster's hundreds of API versions; the same list is handed in with every request. */
  readonly apiVersionsKey: (apiVersions: readonly string[]) => string;
  /** Versions by static key; of keys and of versions the least recently used comes first. */
  readonly entries: Map<string, Version[]>;
  /** Renders under way: who wants the same shares it. */
  readonly inFlight: Map<string, Promise<CachedRender>>;
  documents: number;
  renders: number;
  hits: number;
}

export function createRenderCache(renderer: Renderer, digest: Digest): RenderCache {
  const cache: CacheState = {
    renderer,
    digest,
    apiVersionsKey: once((apiVersions) => digest(apiVersions.join("\n"))),
    entries: new Map(),
    inFlight: new Map(),
    documents: 0,
    renders: 0,
    hits: 0,
  };
  return {
    render: (request, repositories, signal) => lookUp(cache, { request, repositories, signal }),
    counts: () => ({ renders: cache.renders, hits: cache.hits }),
  };
}

interface LookUp {
  readonly request: RenderRequest;
  readonly repositories: readonly GitRepository[];
  readonly signal: AbortSignal | undefined;
}

async function lookUp(cache: CacheState, { request, repositories, signal }: LookUp): Promise<CachedRender> {
  const staticKey = cache.digest(
    `${cache.renderer.enginesHash}\n${canonicalJson(parametersOf(request, cache))}`,
  );
  const trees = request.mounts.map(({ tree }) => tree);
  const revision = revisionOf(request);
  const known = await find(cache, staticKey, { trees, revision, repositories });
  if (known !== undefined) {
    cache.hits += 1;
    return known;
  }
  const flightKey = `${staticKey}\n${trees.join(" ")}\n${revision}`;
  for (let others = cache.inFlight.get(flightKey); others !== undefined; ) {
    const shared = await sharedFlight(others);
    signal?.throwIfAborted();
    if (shared !== undefined) return shared;
    others = cache.inFlight.get(flightKey);
  }
  // Told to stop while it was looked for: nothing is rendered that nobody wants.
  signal?.throwIfAborted();
  const flight = render(cache, { request, staticKey, signal }).finally(() =>
    cache.inFlight.delete(flightKey),
  );
  cache.inFlight.set(flightKey, flight);
  return flight;
}

/** Somebody else's render of the same; that they gave up on it is no answer for us. */
async function sharedFlight(flight: Promise<CachedRender>): Promise<CachedRender | undefined> {
  try {
    return await flight;
  } catch (error) {
    if (error instanceof OperationError) throw error;
    return undefined;
  }
}

async function render(
  cache: CacheState,
  { request, staticKey, signal }: Omit<LookUp, "repositories"> & { readonly staticKey: string },
): Promise<CachedRender> {
  cache.renders += 1;
  const result = await cache.renderer.render(request, signal);
  const { trust: _, seed: __, ...parameters } = parametersOf(request, cache);
  const revision = revisionOf(request);
  const inputs = `${inputsOf(result.readSet)}${result.usedRevision ? `\n${revision}` : ""}`;
  const inputKey = cache.digest(`${cache.renderer.enginesHash}\n${canonicalJson(parameters)}\n${inputs}`);
  const cached = { result, inputKey };
  keep(cache, staticKey, {
    trees: [request.mounts.map(({ tree }) => tree).join(" ")],
    revision,
    render: cached,
  });
  return cached;
}

async function find(cache: CacheState, staticKey: string, wanted: Wanted): Promise<CachedRender | undefined> {
  const versions = cache.entries.get(staticKey);
  if (versions === undefined) return undefined;
  cache.entries.delete(staticKey);
  cache.entries.set(staticKey, versions);
  const usable = versions.filter(
    ({ render, revision }) => !render.result.usedRevision || revision === wanted.revision,
  );
  const trees = wanted.trees.join(" ");
  const exact = usable.find((version) => version.trees.includes(trees));
  const found = exact ?? (await firstUnchanged(usable.toReversed(), wanted));
  if (found === undefined) return undefined;
  if (!found.trees.includes(trees)) found.trees.push(trees);
  if (found.trees.length > TREES_MAX) found.trees.shift();
  const index = versions.indexOf(found);
  if (index !== -1) versions.push(...versions.splice(index, 1));
  return found.render;
}

async function firstUnchanged(versions: readonly Version[], wanted: Wanted): Promise<Version | undefined> {
  for (const version of versions) {
    if (await isUnchanged(version.render.result.readSet, wanted)) return version;
  }
  return undefined;
}

function keep(cache: CacheState, staticKey: string, version: Version): void {
  const versions = cache.entries.get(staticKey) ?? [];
  versions.push(version);
  cache.documents += version.render.result.documents.length;
  while (versions.length > VERSIONS_MAX) drop(cache, versions);
  cache.entries.set(staticKey, versions);
  for (const [key, oldest] of cache.entries) {
    if (cache.documents <= DOCUMENTS_MAX || key === staticKey) break;
    while (oldest.length > 0) drop(cache, oldest);
    cache.entries.delete(key);
  }
}

function drop(cache: CacheState, versions: Version[]): void {
  cache.documents -= versions.shift()?.render.result.documents.length ?? 0;
}

/** What the build environment says of the commit. */
function revisionOf({ environment, source }: RenderRequest): string {
  return `${environment.revision} ${source.targetRevision}`;
}

/** Everything that decides a render, apart from the files it reads and, where it uses it, the revision. */
function parametersOf(
  { trust, seed, source, environment, capabilities, mounts, settings }: RenderRequest,
  { apiVersionsKey }: CacheState,
) {
  const { targetRevision: _targetRevision, ...rest } = source;
  const { revision: _revision, ...names } = environment;
  const places = mounts.map(({ name, repository }) => ({ name, repository }));
  return {
    trust,
    seed,
    source: rest as unknown as JsonObject,
    names: { ...names },
    kubeVersion: capabilities.kubeVersion,
    apiVersions: apiVersionsKey(capabilities.apiVersions),
    mounts: places,
    ...(settings === undefined ? {} : settingsOf(source, settings)),
  };
}

/** What of the settings can change this render; nothing where they say nothing, so that keys outlive their coming. */
function settingsOf({ helm }: ApplicationSource, settings: RenderSettings): JsonObject {
  const { kustomizeBuildOptions, helmValuesFileSchemes } = settings;
  return {
    ...(kustomizeBuildOptions === "" ? {} : { kustomizeBuildOptions }),
    ...(helm?.valueFiles === undefined ? {} : { helmValuesFileSchemes }),
  };
}

interface Wanted {
  readonly trees: readonly string[];
  readonly revision: string;
  readonly repositories: readonly GitRepository[];
}

async function isUnchanged(readSet: ReadSet, { trees, repositories }: Wanted): Promise<boolean> {
  for (const read of readSet) {
    const tree = trees[read.mount];
    const repository = repositories[read.mount];
    if (tree === undefined || repository === undefined) return false;
    if (!(await isAsRead(repository, tree, read))) return false;
  }
  return true;
}

async function isAsRead(repository: GitRepository, tree: string, read: ReadEntry): Promise<boolean> {
  if (read.kind === "listing") return (await repository.listingAt(tree, read.path)) === read.oid;
  const now = await repository.entryAt(tree, read.path);
  return now.kind === read.kind && now.oid === read.oid;
}

function inputsOf(readSet: ReadSet): string {
  return readSet
    .map(({ mount, path, kind, oid }) => `${mount} ${kind} ${oid ?? "-"} ${path}`)
    .sort()
    .join("\n");
}
