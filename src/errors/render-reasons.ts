import type { Reasons } from "./explanation.ts";

/** What can go wrong between a source and its objects. */
export const RENDER_REASONS = {
  ManifestRenderFailed: ({ tool, path, message }: { tool: string; path: string; message: string }) => ({
    title: `${tool} could not render \`${path}\``,
    remedy: `${message}\n\nRun \`plumbline render\` locally to see the same error, then push a fix. Nothing was changed.`,
    retryable: false,
  }),
} as const satisfies Reasons;
