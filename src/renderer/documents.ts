import { hash } from "node:crypto";
import {
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseJson,
  stringifyJson,
} from "../domain/json.ts";

/** One object's JSON, and its SHA-256. */
export interface Document {
  readonly content: Uint8Array;
  readonly digest: string;
}

/**
 * The objects of a render: lists among the documents are replaced by their items, whatever the list is called
 * (argocd-behaviour §3.7). Only documents that may be lists are parsed.
 */
export function flattenDocuments(documents: readonly Uint8Array[]): readonly Document[] {
  return documents.flatMap((content) => (mayBeList(content) ? flatten(content) : [documentOf(content)]));
}

function mayBeList(content: Uint8Array): boolean {
  return Buffer.from(content.buffer, content.byteOffset, content.length).includes('"items":');
}

function flatten(content: Uint8Array): readonly Document[] {
  const object = parseJson(new TextDecoder().decode(content));
  if (!isJsonObject(object) || !Object.hasOwn(object, "items")) return [documentOf(content)];
  const { items } = object;
  if (isJsonArray(items)) return items.filter(isNotEmpty).map(itemDocument);
  return items === null && isBareList(object) ? [] : [documentOf(content)];
}

/** A list without entries is written as `items: null` by some tools; an object with a spec or a status is no list. */
function isBareList(object: JsonObject): boolean {
  return !Object.hasOwn(object, "spec") && !Object.hasOwn(object, "status");
}

function isNotEmpty(item: JsonValue): boolean {
  return item !== null;
}

function itemDocument(item: JsonValue): Document {
  return documentOf(new TextEncoder().encode(stringifyJson(item)));
}

function documentOf(content: Uint8Array): Document {
  return { content, digest: hash("sha256", content, "hex") };
}
