import type { KindPattern } from "../control-plane-settings.ts";
import { matchesGlob } from "../glob.ts";
import type { Health } from "../health.ts";
import type { LiveManifest } from "../manifest.ts";
import { formatGroupKind } from "../resource-key.ts";
import { assessHealth } from "./assess-health.ts";
import { unknown } from "./check.ts";

/**
 * Judges live objects as {@link assessHealth} does, except those of `kinds`: the operator has a script of their own for
 * them, which is not run, and any other rule's answer might contradict it.
 */
export function assessHealthBeside(
  kinds: readonly KindPattern[],
): (live: LiveManifest) => Health | undefined {
  if (kinds.length === 0) return assessHealth;
  return (live) =>
    kinds.some(({ group, kind }) => matchesGlob(group, live.key.group) && matchesGlob(kind, live.key.kind))
      ? unknown(
          `health of ${formatGroupKind(live.key)} is customised in \`argocd-cm\`, whose scripts are not run`,
        )
      : assessHealth(live);
}
