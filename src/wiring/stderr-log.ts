import type { Log, LogFields } from "../ports/log.ts";

const LEVELS = ["debug", "info", "warn", "error"] as const;

/** The log of a one-shot command: nothing unless LOG_LEVEL asks for it, since what matters is told as an error. */
export function createStderrLog(level: string | undefined, write: (line: string) => void): Log {
  const lowest = LEVELS.findIndex((one) => one === level);
  const at =
    (index: number) =>
    (message: string, fields: LogFields = {}) => {
      if (lowest === -1 || index < lowest) return;
      write(`${LEVELS[index]} ${message} ${JSON.stringify(fields, plain)}`);
    };
  return { debug: at(0), info: at(1), warn: at(2), error: at(3) };
}

/** Errors have no enumerable fields of their own. */
function plain(_key: string, value: unknown): unknown {
  return value instanceof Error ? { name: value.name, message: value.message } : value;
}
