import { StringDecoder } from "node:string_decoder";

import { isJsonObject, type JsonObject, numberAt, objectAt, parseJson, stringAt } from "../../domain/json.ts";
import { OperationError } from "../../errors/operation-error.ts";
import type { ApiServer, StreamOptions } from "./api-server.ts";
import { ANSWER_BYTES_MAX, discard } from "./http-exchange.ts";

export interface WatchEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK";
  readonly object: JsonObject;
}

export interface WatchOptions extends StreamOptions {
  /** The server has agreed: from now on every change comes as an event. */
  readonly onOpen: () => void;
}

/** Why a watch cannot go on from where it was. */
export class WatchRefusal extends Error {
  override readonly name = "WatchRefusal";
  /** 410 is a resourceVersion that is too old: list again. */
  readonly status: number;

  constructor(status: number) {
    super(`The watch was refused with ${status}`);
    this.status = status;
  }
}

/**
 * The events of one watch, in order, until the server ends it (as it does every few minutes).
 * @throws WatchRefusal for an answer or an ERROR event with that status; OperationError ClusterUnreachable when the
 *   connection breaks or nothing comes for `silenceMs`, ClusterAnswerUnusable for what is no event.
 */
export async function* watchEvents(api: ApiServer, options: WatchOptions): AsyncGenerator<WatchEvent, void> {
  const { statusCode, body } = await api.stream(options);
  if (statusCode !== 200) {
    discard(body);
    throw new WatchRefusal(statusCode);
  }
  options.onOpen();
  try {
    for await (const line of linesOf(body as AsyncIterable<Buffer>, api.destination)) {
      yield eventOf(line, api.destination);
    }
  } catch (error) {
    if (error instanceof OperationError || error instanceof WatchRefusal) throw error;
    throw OperationError.of("ClusterUnreachable", { destination: api.destination }, { cause: error });
  } finally {
    discard(body);
  }
}

async function* linesOf(chunks: AsyncIterable<Buffer>, destination: string): AsyncGenerator<string, void> {
  const decoder = new StringDecoder("utf8");
  let pending = "";
  for await (const chunk of chunks) {
    const lines = (pending + decoder.write(chunk)).split("\n");
    pending = lines.pop() ?? "";
    if (pending.length > ANSWER_BYTES_MAX) {
      throw OperationError.of("ClusterAnswerUnusable", {
        destination,
        problem: "an event is longer than any we take",
      });
    }
    for (const line of lines) if (line !== "") yield line;
  }
}

function eventOf(line: string, destination: string): WatchEvent {
  const event = parsed(line);
  const object = objectAt(event, "object");
  const type = stringAt(event, "type");
  switch (type) {
    case "ADDED":
    case "MODIFIED":
    case "DELETED":
      // Kept under an empty name, it would be an object of the cluster's that nothing ever removes.
      if ((stringAt(object, "metadata", "name") ?? "") === "") throw noEvent(destination);
      return { type, object };
    case "BOOKMARK":
      return { type, object };
    case "ERROR":
      throw new WatchRefusal(numberAt(object, "code") ?? 500);
    default:
      throw noEvent(destination);
  }
}

function noEvent(destination: string): OperationError {
  return OperationError.of("ClusterAnswerUnusable", {
    destination,
    problem: "a watch sent what is no event",
  });
}

function parsed(line: string): JsonObject {
  try {
    const value = parseJson(line);
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}
