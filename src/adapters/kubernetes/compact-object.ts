import { deflateRawSync, inflateRawSync } from "node:zlib";

import {
  arrayAt,
  isJsonObject,
  type JsonObject,
  objectAt,
  parseJson,
  stringifyJson,
} from "../../domain/json.ts";
import { isEntryOfInterest, LAST_APPLIED_ANNOTATION } from "./managed-fields.ts";

/** An object as it is kept in memory: one JSON text, compressed where it is long and probably never asked for. */
export type CompactObject = string | Uint8Array;

/** Below this compressing costs more time than the memory is worth: every namespace brings such a certificate. */
const COMPRESS_FROM_CHARS = 4_096;

/**
 * The object without what only the server and client-side appliers read: a parsed object takes 9 KB where this takes
 * 1 to 2 (performance.md §4.6).
 *
 * @param use - `rare` for objects that no Application tracks: kept because one may come to, compressed.
 */
export function compactObject(object: JsonObject, use: "frequent" | "rare"): CompactObject {
  const text = stringifyJson(withoutServerOnly(object));
  return use === "frequent" || text.length < COMPRESS_FROM_CHARS ? text : deflateRawSync(text, { level: 1 });
}

/** The object that {@link compactObject} was given, as far as it was kept. */
export function expandObject(compact: CompactObject): JsonObject {
  const text = typeof compact === "string" ? compact : inflateRawSync(compact).toString("utf8");
  const object = parseJson(text);
  return isJsonObject(object) ? object : {};
}

function withoutServerOnly(object: JsonObject): JsonObject {
  const metadata = { ...objectAt(object, "metadata") };
  const managedFields = arrayAt(metadata, "managedFields").filter(isEntryOfInterest);
  if (managedFields.length === 0) delete metadata["managedFields"];
  else metadata["managedFields"] = managedFields;
  const annotations = { ...objectAt(metadata, "annotations") };
  if (Object.hasOwn(annotations, LAST_APPLIED_ANNOTATION)) {
    delete annotations[LAST_APPLIED_ANNOTATION];
    metadata["annotations"] = annotations;
  }
  return { ...object, metadata };
}
