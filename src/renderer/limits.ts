/** What one render may use. Each has a reason in the catalogue that names it. */
export interface RenderLimits {
  /** Time in the engine and in resolving the source; waiting for Git objects does not count. RenderTimeLimit. */
  readonly timeMs: number;
  /** Linear memory of an instance. RenderMemoryLimit. */
  readonly memoryBytes: number;
  /** What a tool prints. RenderOutputLimit. */
  readonly outputBytes: number;
  /** Objects made, after lists are flattened. RenderDocumentLimit. */
  readonly documents: number;
  /** Manifests of a plain directory together, Argo CD's 10M. RenderInputLimit. */
  readonly directoryBytes: number;
  /** One file. RenderInputLimit. */
  readonly fileBytes: number;
  /** Entries of the trees that are listed and files that are opened. RenderTreeLimit. */
  readonly treeEntries: number;
}

export const DEFAULT_LIMITS: RenderLimits = {
  timeMs: 60_000,
  memoryBytes: 512 * 1024 * 1024,
  outputBytes: 64 * 1024 * 1024,
  documents: 5_000,
  directoryBytes: 10_000_000,
  fileBytes: 32 * 1024 * 1024,
  treeEntries: 50_000,
};
