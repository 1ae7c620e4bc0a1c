import type { Reasons } from "./explanation.ts";

/** What can be wrong with the state folder. */
export const STATE_REASONS = {
  StateFolderInUse: ({ folder }: { folder: string }) => ({
    title: `State folder \`${folder}\` is in use by another process`,
    remedy:
      "Nothing was changed. Stop the other process, or give this one a folder of its own (`PLUMBLINE_STATE_DIR`).",
    retryable: true,
  }),
  StateFolderUnusable: ({ folder, problem }: { folder: string; problem: string }) => ({
    title: `State folder \`${folder}\` cannot be used: ${problem}`,
    remedy:
      "Nothing was changed. Make it writable and give its disk room, or name another folder (`PLUMBLINE_STATE_DIR`).",
    retryable: true,
  }),
  StateFolderTooNew: ({ version, known }: { version: number; known: number }) => ({
    title: `The state folder was written by a newer version (schema ${version}, this one knows ${known})`,
    remedy: "Nothing was changed. Run the newer version again, or start with an empty state folder.",
    retryable: false,
  }),
} as const satisfies Reasons;
