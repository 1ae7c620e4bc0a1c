import { isJsonObject, type JsonObject, parseJson } from "../../domain/json.ts";
import type { RenderedDocument } from "../../ports/renderer.ts";

/** Objects by the digest of their text: base and head of a pull request share nearly all, and each is parsed once. */
export interface DocumentCache {
  document(digest: string, content: Uint8Array): RenderedDocument;
}

/** Bytes of JSON text whose objects are kept; an object takes some four times its text. */
const TEXT_BYTES_MAX = 4 * 1024 * 1024;

export function createDocumentCache(): DocumentCache {
  const objects = new Map<string, { readonly document: RenderedDocument; readonly bytes: number }>();
  let total = 0;
  return {
    document(digest, content) {
      const known = objects.get(digest);
      if (known !== undefined) {
        objects.delete(digest);
        objects.set(digest, known);
        return known.document;
      }
      const document = { object: objectOf(content), digest };
      objects.set(digest, { document, bytes: content.length });
      total += content.length;
      for (const [oldest, { bytes }] of objects) {
        if (total <= TEXT_BYTES_MAX) break;
        objects.delete(oldest);
        total -= bytes;
      }
      return document;
    },
  };
}

function objectOf(content: Uint8Array): JsonObject {
  const value = parseJson(new TextDecoder().decode(content));
  if (!isJsonObject(value)) throw new TypeError("the renderer sent a document that is no object");
  return value;
}
