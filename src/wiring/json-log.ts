import { pino } from "pino";

import { OperationError } from "../errors/operation-error.ts";
import type { Log, LogFields } from "../ports/log.ts";

/** One JSON line a message, scrubbed as a whole before it is written: values, errors and their causes alike (T143). */
export function createJsonLog(options: {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly scrub: (text: string) => string;
  readonly write: (line: string) => void;
}): Log {
  const logger = pino(
    { level: options.level, base: null, serializers: { error: plainError } },
    { write: (line) => options.write(options.scrub(line)) },
  );
  const at =
    (level: keyof Log) =>
    (message: string, fields: LogFields = {}) =>
      logger[level](fields, message);
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

const CAUSES_MAX = 5;

/** What helps to find the cause; bugs keep their stack, expected failures their reason. */
function plainError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return error;
  const cause =
    error.cause === undefined || depth >= CAUSES_MAX ? {} : { cause: plainError(error.cause, depth + 1) };
  if (error instanceof OperationError) {
    const { reason, title, remedy, retryable } = error;
    return { reason, title, remedy, retryable, ...cause };
  }
  return { name: error.name, message: error.message, stack: error.stack, ...cause };
}
