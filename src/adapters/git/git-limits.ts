/** How long and how large Git's work may get. Each is past anything useful, so that meeting it means trouble. */
export interface GitLimits {
  /** One `ls-remote`. */
  readonly listTimeoutMs: number;
  /** One fetch: a first clone of a large repository over a slow line takes minutes. */
  readonly fetchTimeoutMs: number;
  /** One command that does not use the network: a merge, a question about history. */
  readonly localTimeoutMs: number;
  /** What one command may print; refs of a repository with 100,000 pull requests are some 20 MB. */
  readonly outputBytesMax: number;
  /** What one object may hold in memory. Kubernetes refuses manifests a fiftieth of it. */
  readonly objectBytesMax: number;
  /** Packs of one mirror. */
  readonly mirrorBytesMax: number;
  /** Nobody read for so long: the reading process is ended. */
  readonly readerIdleMs: number;
  /** Trees kept in memory, all repositories together. */
  readonly treeCacheBytesMax: number;
  /** Waits before a network command is tried again. */
  readonly retryWaitsMs: readonly number[];
}

const MIB = 1_048_576;

export const GIT_LIMITS: GitLimits = {
  listTimeoutMs: 60_000,
  fetchTimeoutMs: 15 * 60_000,
  localTimeoutMs: 60_000,
  outputBytesMax: 64 * MIB,
  objectBytesMax: 64 * MIB,
  mirrorBytesMax: 20_480 * MIB,
  readerIdleMs: 60_000,
  treeCacheBytesMax: 24 * MIB,
  retryWaitsMs: [500, 2_000],
};
