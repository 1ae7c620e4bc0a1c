import type { DisplayableManifest } from "./displayable-manifest.ts";
import type { JsonValue } from "./json.ts";
import type { ResourceKey } from "./resource-key.ts";

/** One object before and after, both sides displayable. */
export type ObjectDiff = { readonly key: ResourceKey } & (
  | { readonly change: "added"; readonly after: DisplayableManifest }
  | { readonly change: "removed"; readonly before: DisplayableManifest }
  | {
      readonly change: "modified";
      readonly before: DisplayableManifest;
      readonly after: DisplayableManifest;
      readonly fields: readonly FieldChange[];
    }
);

export type FieldChange =
  | { readonly kind: "set"; readonly path: string; readonly after: JsonValue }
  | { readonly kind: "unset"; readonly path: string; readonly before: JsonValue }
  | { readonly kind: "changed"; readonly path: string; readonly before: JsonValue; readonly after: JsonValue }
  /** Text of several lines on either side: only the lines that differ, with context. */
  | { readonly kind: "text"; readonly path: string; readonly hunks: readonly TextHunk[] }
  /** The same entries in another order. */
  | { readonly kind: "reordered"; readonly path: string };

export interface TextHunk {
  /** 1-based. */
  readonly beforeStart: number;
  readonly afterStart: number;
  /** Each starts with ` `, `-` or `+`. */
  readonly lines: readonly string[];
}
