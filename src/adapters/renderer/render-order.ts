import { DEFAULT_SETTINGS } from "../../domain/control-plane-settings.ts";
import type { RenderedOrder, RenderOrder } from "../../domain/renderer-protocol.ts";
import type { RenderPriority, RenderRequest, RenderResult } from "../../ports/renderer.ts";
import type { DocumentCache } from "./document-cache.ts";

/** Lower goes first. */
export const PRIORITIES: Readonly<Record<RenderPriority, number>> = {
  interactive: 0,
  sync: 1,
  background: 2,
};

/**
 * The time templates are told where the request says none: any fixed one will do, so that what was rendered yesterday
 * is not different today.
 */
const DEFAULT_CLOCK_MS = Date.UTC(2026, 0, 1);

/** A request as it is sent: nothing but what the renderer needs. */
export function orderOf(request: RenderRequest): RenderOrder {
  const { trust, source, environment, capabilities, seed } = request;
  const { kustomizeBuildOptions, helmValuesFileSchemes } = request.settings ?? DEFAULT_SETTINGS;
  return {
    trust,
    mounts: request.mounts.map(({ name, repository, tree }) => ({ name, repository, tree })),
    source,
    environment,
    capabilities,
    settings: { kustomizeBuildOptions, helmValuesFileSchemes },
    seed,
    clockMs: request.clockMs ?? DEFAULT_CLOCK_MS,
    text: request.text ?? "none",
  };
}

/** A result as it came, its documents parsed. */
export function resultOf(rendered: RenderedOrder, body: Uint8Array, cache: DocumentCache): RenderResult {
  let at = 0;
  const documents = rendered.documents.map(({ bytes, digest }) => {
    at += bytes;
    return cache.document(digest, body.subarray(at - bytes, at));
  });
  const { tool, readSet, askedForClock, askedForRandomness, usedRevision, textBytes } = rendered;
  const result = { tool, documents, readSet, askedForClock, askedForRandomness, usedRevision };
  if (textBytes < 0) return result;
  return {
    ...result,
    text: new TextDecoder("utf-8", { ignoreBOM: true }).decode(body.subarray(at, at + textBytes)),
  };
}
