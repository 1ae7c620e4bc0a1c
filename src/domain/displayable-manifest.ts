import type { JsonObject } from "./json.ts";
import type { ResourceKey } from "./resource-key.ts";

declare const displayable: unique symbol;

/** A manifest that may be shown to people: masking made it, and nothing else can. */
export interface DisplayableManifest {
  readonly [displayable]: true;
  readonly key: ResourceKey;
  readonly apiVersion: string;
  readonly object: JsonObject;
}
