import { arrayAt, isJsonObject, type JsonObject, stringAt } from "../../domain/json.ts";
import { OperationError } from "../../errors/operation-error.ts";
import type { ApiServer } from "./api-server.ts";
import { query } from "./resource-path.ts";

/** Objects a page; small enough that parsing one does not hold up anything else for long. */
const PAGE_OBJECTS = 250;
/** For kinds whose objects are so large that a page of the usual size is refused. */
const SMALL_PAGE_OBJECTS = 10;
/** Longest page taken: ten of the largest objects etcd holds, or 250 of 256 KB. */
const PAGE_BYTES_MAX = 64 * 1024 * 1024;
/** A list of a million objects; one that goes on beyond is not a list. */
const PAGES_MAX = 4_000;

/** A list's continuation was too old to go on (HTTP 410): it has to be started again. */
export class ListExpired extends Error {
  override readonly name = "ListExpired";
}

export interface ListPage {
  readonly objects: readonly JsonObject[];
  /** Version of the whole list; the same on every page. */
  readonly resourceVersion: string;
}

/**
 * A collection page by page, `apiVersion` and `kind` filled in. Only when the generator ends was it listed completely.
 * @throws ListExpired; OperationError ClusterDenied, ClusterUnreachable, ClusterAnswerUnusable …; KindGone
 */
export async function* listPages(
  api: ApiServer,
  path: string,
  options: { readonly kind: string; readonly fieldSelector?: string },
): AsyncGenerator<ListPage, void> {
  let limit = PAGE_OBJECTS;
  let next = "";
  for (let pages = 0; pages < PAGES_MAX; pages += 1) {
    const body = await readPage(api, path, { ...options, limit, next });
    if (body === "too large") {
      if (limit === SMALL_PAGE_OBJECTS) throw unusable(api, "its objects are larger than any we take");
      limit = SMALL_PAGE_OBJECTS;
      continue;
    }
    yield { objects: objectsOf(body, options.kind), resourceVersion: versionOf(body) };
    next = stringAt(body, "metadata", "continue") ?? "";
    if (next === "") return;
  }
  throw unusable(api, "a list does not end");
}

/** The collection is not served any more (404). */
export class KindGone extends Error {
  override readonly name = "KindGone";
}

interface PageOptions {
  readonly kind: string;
  readonly limit: number;
  readonly next: string;
  readonly fieldSelector?: string;
}

async function readPage(
  api: ApiServer,
  path: string,
  options: PageOptions,
): Promise<JsonObject | "too large"> {
  const { kind, limit, next, fieldSelector } = options;
  const parameters = query({ limit, continue: next === "" ? undefined : next, fieldSelector });
  const answer = await readOrTooLarge(api, `${path}${parameters}`);
  if (answer === "too large") return answer;
  const { destination } = api;
  if (answer.status === 404) throw new KindGone();
  if (answer.status === 410) throw new ListExpired();
  if (answer.status === 403)
    throw OperationError.of("ClusterDenied", { destination, what: `list ${kind} objects` });
  if (answer.status >= 300) throw OperationError.of("ClusterUnreachable", { destination });
  if (!Array.isArray(answer.body["items"]) || versionOf(answer.body) === "")
    throw unusable(api, "a list is not a list");
  return answer.body;
}

async function readOrTooLarge(
  api: ApiServer,
  path: string,
): Promise<{ readonly status: number; readonly body: JsonObject } | "too large"> {
  try {
    return await api.call({ method: "GET", path, repeat: "always", bytesMax: PAGE_BYTES_MAX });
  } catch (error) {
    if (error instanceof OperationError && error.reason === "ClusterAnswerTooLarge") return "too large";
    throw error;
  }
}

/** Items of built-in kinds carry neither `apiVersion` nor `kind`: the list says them once. */
function objectsOf(body: JsonObject, kind: string): readonly JsonObject[] {
  const apiVersion = stringAt(body, "apiVersion") ?? "";
  return arrayAt(body, "items").flatMap((item) =>
    isJsonObject(item) ? [{ ...item, apiVersion, kind }] : [],
  );
}

function versionOf(body: JsonObject): string {
  return stringAt(body, "metadata", "resourceVersion") ?? "";
}

function unusable({ destination }: ApiServer, problem: string): OperationError {
  return OperationError.of("ClusterAnswerUnusable", { destination, problem });
}
