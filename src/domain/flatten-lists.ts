import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, stringAt } from "./json.ts";

/** A document as the renderer hands it over. */
export interface TargetDocument {
  readonly object: JsonObject;
  /** Hash of the document's text. */
  readonly digest: string;
}

/** Lists inside lists, no deeper than this: deeper ones are not Kubernetes' and stay as they are. */
const NESTING_MAX = 8;

/**
 * Every object with an `items` list, whatever its kind, gives way to its items; `items: null` beside nothing else is an
 * empty list (argocd-behaviour §3.7). Items without a kind take theirs from the list's: `ConfigMapList` → `ConfigMap`.
 */
export function flattenLists(documents: readonly TargetDocument[]): readonly TargetDocument[] {
  if (!documents.some(({ object }) => isList(object))) return documents;
  return documents.flatMap((document) => flatten(document, NESTING_MAX));
}

function flatten(document: TargetDocument, depth: number): readonly TargetDocument[] {
  const { object, digest } = document;
  if (depth === 0 || !isList(object)) return [document];
  const items = isJsonArray(object["items"]) ? object["items"] : [];
  return items.filter(isJsonObject).flatMap((item, index) => {
    const typed = withKindOf(object, item);
    return flatten({ object: typed, digest: `${digest}[${index}]` }, depth - 1);
  });
}

function isList(object: JsonObject): boolean {
  const items: JsonValue | undefined = object["items"];
  if (isJsonArray(items)) return true;
  return items === null && object["spec"] === undefined && object["status"] === undefined;
}

function withKindOf(list: JsonObject, item: JsonObject): JsonObject {
  const listKind = stringAt(list, "kind") ?? "";
  const apiVersion = stringAt(list, "apiVersion");
  if (item["kind"] !== undefined || listKind === "List" || !listKind.endsWith("List")) return item;
  return { apiVersion: apiVersion ?? "v1", kind: listKind.slice(0, -"List".length), ...item };
}
