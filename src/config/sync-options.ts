import { nearestWord } from "./nearest.ts";
import type { FieldPath, Notes } from "./notes.ts";

/** Options of `syncPolicy.syncOptions` that are honoured, exact and case-sensitive (argocd-behaviour §6.8). */
const HONOURED: Readonly<Record<string, readonly string[]>> = {
  ApplyOutOfSyncOnly: ["true", "false"],
  CreateNamespace: ["true", "false"],
  Delete: ["true", "false"],
  Prune: ["true", "false"],
  PruneLast: ["true", "false"],
  PrunePropagationPolicy: ["foreground", "background", "orphan"],
  Replace: ["true", "false"],
  ServerSideApply: ["true", "false"],
  SkipDryRunOnMissingResource: ["true", "false"],
  Validate: ["true", "false"],
  FailOnSharedResource: ["true", "false"],
  RespectIgnoreDifferences: ["false"],
  ClientSideApplyMigration: ["true"],
};

const KEEPS_FROM_SYNC: Readonly<Record<string, string>> = {
  "Prune=confirm": "Pruning waits for a confirmation that cannot be given yet",
  "Delete=confirm": "Deletion waits for a confirmation that cannot be given yet",
  "RespectIgnoreDifferences=true": "A sync would overwrite the fields that `ignoreDifferences` lists",
};

const NOT_HONOURED: Readonly<Record<string, string>> = {
  "ClientSideApplyMigration=false": "Objects applied client-side are migrated all the same",
  "Force=true": "It counts on single objects only: annotate them with `argocd.argoproj.io/sync-options`",
};

/** Names every option that will not do what was meant by it. */
export function checkSyncOptions(options: readonly string[], path: FieldPath, notes: Notes): void {
  for (const [index, option] of options.entries()) {
    const at = [...path, String(index)];
    const protective = KEEPS_FROM_SYNC[option];
    const consequence = NOT_HONOURED[option] ?? misspelling(option);
    if (protective !== undefined) notes.keepsFromSync(at, protective);
    else if (consequence !== undefined) notes.notHonoured(at, consequence);
  }
}

function misspelling(option: string): string | undefined {
  const [name = "", value = ""] = option.split("=", 2);
  const values = Object.hasOwn(HONOURED, name) ? HONOURED[name] : undefined;
  if (values === undefined) {
    const nearest = nearestWord(name, Object.keys(HONOURED));
    return `There is no sync option of that name${nearest === "" ? "" : `; \`${nearest}=…\` is one`}`;
  }
  if (values.includes(value)) return undefined;
  return `Its value must be ${values.map((known) => `\`${known}\``).join(" or ")}`;
}
