import type { AutomatedPolicy, RetryPolicy, SyncPolicy } from "../domain/application.ts";
import { type Fields, present } from "./fields.ts";
import { parseGoDuration } from "./go-text.ts";
import type { Notes } from "./notes.ts";
import { checkSyncOptions } from "./sync-options.ts";

/** Argo CD's defaults for `retry.backoff`. */
const RETRY_DURATION_MS = 5_000;
const RETRY_FACTOR = 2;
const RETRY_MAX_DURATION_MS = 180_000;

/** `spec.syncPolicy`; absent and empty are the same, as Argo CD's normalisation makes them. */
export function readSyncPolicy(spec: Fields, notes: Notes): SyncPolicy {
  const policy = spec.object("syncPolicy");
  if (policy === undefined) return { syncOptions: [] };
  const syncOptions = policy.strings("syncOptions") ?? [];
  checkSyncOptions(syncOptions, policy.at("syncOptions"), notes);
  const result = present<SyncPolicy>({
    automated: readAutomated(policy),
    syncOptions,
    retry: readRetry(policy),
    managedNamespaceMetadata: readNamespaceMetadata(policy),
  });
  policy.done();
  return result;
}

/** The block's presence switches automated sync on, `enabled: false` in it off again. */
function readAutomated(policy: Fields): AutomatedPolicy | undefined {
  const automated = policy.object("automated");
  if (automated === undefined) return undefined;
  const isEnabled = automated.boolean("enabled") ?? true;
  const result = {
    prune: automated.boolean("prune") ?? false,
    selfHeal: automated.boolean("selfHeal") ?? false,
    allowEmpty: automated.boolean("allowEmpty") ?? false,
  };
  automated.done();
  return isEnabled ? result : undefined;
}

function readRetry(policy: Fields): RetryPolicy | undefined {
  const retry = policy.object("retry");
  if (retry === undefined) return undefined;
  const backoff = retry.object("backoff");
  const factor = backoff?.integer("factor") ?? RETRY_FACTOR;
  if (factor < 1) backoff?.invalid("factor", "is less than 1");
  const result = {
    limit: retry.integer("limit") ?? 0,
    durationMs: readDuration(backoff, "duration") ?? RETRY_DURATION_MS,
    factor,
    maxDurationMs: readDuration(backoff, "maxDuration") ?? RETRY_MAX_DURATION_MS,
    refresh: retry.boolean("refresh") ?? false,
  };
  backoff?.done();
  retry.done();
  return result;
}

function readDuration(backoff: Fields | undefined, name: string): number | undefined {
  const text = backoff?.text(name) ?? "";
  if (text === "") return undefined;
  const durationMs = parseGoDuration(text);
  if (durationMs === undefined || durationMs < 0) {
    backoff?.invalid(name, "is no duration: write seconds (`5`), or a number and a unit (`5s`, `1m30s`)");
  }
  return durationMs;
}

function readNamespaceMetadata(policy: Fields): SyncPolicy["managedNamespaceMetadata"] {
  const metadata = policy.object("managedNamespaceMetadata");
  if (metadata === undefined) return undefined;
  const result = {
    labels: metadata.stringMap("labels") ?? {},
    annotations: metadata.stringMap("annotations") ?? {},
  };
  metadata.done();
  return result;
}
