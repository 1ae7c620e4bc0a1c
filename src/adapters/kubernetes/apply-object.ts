import { FIELD_MANAGER } from "../../domain/cluster.ts";
import { stringAt, stringifyJson } from "../../domain/json.ts";
import { type LiveManifest, liveManifestOf, type Manifest } from "../../domain/manifest.ts";
import { versionOf } from "../../domain/resource-key.ts";
import type { ApplyOptions } from "../../ports/cluster-writes.ts";
import type { ApiServer } from "./api-server.ts";
import { unaddressable } from "./apply-rejected.ts";
import type { Kinds } from "./kinds.ts";
import { objectPath, query } from "./resource-path.ts";
import { withoutUndeclaredFields } from "./undeclared-fields.ts";
import { kindUnknown, writeError } from "./write-error.ts";

export interface ApplyRequest extends ApplyOptions {
  readonly dryRun: "All" | "None";
}

export const FIELD_VALIDATION = { strict: "Strict", ignore: "Ignore" } as const;

/** Server-side apply as our manager: what a sync does, and with `dryRun` what it would do. */
export async function applyObject(
  { api, kinds }: { readonly api: ApiServer; readonly kinds: Kinds },
  target: Manifest,
  { validate, dryRun, conflicts }: ApplyRequest,
): Promise<LiveManifest> {
  const resource = await kinds.find(target.key, versionOf(target.apiVersion));
  if (resource === undefined) throw kindUnknown(api.destination, target.key, target.apiVersion);
  const refusal = unaddressable(resource, target.key);
  if (refusal !== undefined) throw refusal;
  const parameters = query({
    fieldManager: FIELD_MANAGER,
    force: conflicts === "refused" ? "false" : "true",
    fieldValidation: FIELD_VALIDATION[validate],
    dryRun: dryRun === "All" ? "All" : undefined,
  });
  const path = `${objectPath(resource, target.key)}${parameters}`;
  let object = target.object;
  for (let tries = 1; ; tries += 1) {
    const answer = await api.call({
      method: "PATCH",
      path,
      // JSON is YAML; the server refuses `apply-patch+json` before 1.33.
      body: { type: "application/apply-patch+yaml", text: stringifyJson(object) },
      repeat: "always",
    });
    if (answer.status < 300) return liveManifestOf(answer.body);
    const isLenient = validate === "ignore" && tries < TRIES_MAX;
    const message = stringAt(answer.body, "message") ?? "";
    const rest = isLenient ? withoutUndeclaredFields(object, message) : undefined;
    if (rest === undefined) throw writeError(api.destination, answer, target);
    object = rest;
  }
}

/** Fields that no schema declares are named level by level, each time the ones above are gone. */
const TRIES_MAX = 10;
