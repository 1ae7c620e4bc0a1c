import { CLUSTER_REASONS } from "./cluster-reasons.ts";
import { CONFIG_REASONS } from "./config-reasons.ts";
import type { Reasons } from "./explanation.ts";
import { GIT_REASONS } from "./git-reasons.ts";
import { GITHUB_REASONS } from "./github-reasons.ts";
import { OPERATION_REASONS } from "./operation-reasons.ts";
import { RENDER_REASONS } from "./render-reasons.ts";
import { STATE_REASONS } from "./state-reasons.ts";
import { SYNC_REASONS } from "./sync-reasons.ts";

/**
 * Every failure a user can meet, keyed by the reason shown in checks, comments, logs and exit messages. Entries take
 * only what they print: a URL with credentials in it, or a Secret's value, has no way in.
 */
export const CATALOGUE = {
  ...CONFIG_REASONS,
  ...RENDER_REASONS,
  ...GIT_REASONS,
  ...CLUSTER_REASONS,
  ...GITHUB_REASONS,
  ...OPERATION_REASONS,
  ...STATE_REASONS,
  ...SYNC_REASONS,
} as const satisfies Reasons;

export type Reason = keyof typeof CATALOGUE;
export type ContextOf<R extends Reason> = Parameters<(typeof CATALOGUE)[R]>[0];
