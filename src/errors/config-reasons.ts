import type { Reasons } from "./explanation.ts";

/** What can be wrong with settings and definitions. */
export const CONFIG_REASONS = {
  SettingsInvalid: ({ problems }: { problems: readonly string[] }) => ({
    title: `${problems.length} setting${problems.length === 1 ? " is" : "s are"} missing or unsafe`,
    remedy: problems.map((problem) => `- ${problem}`).join("\n"),
    retryable: false,
  }),
} as const satisfies Reasons;
