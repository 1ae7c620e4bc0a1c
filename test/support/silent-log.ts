import type { Log, LogFields } from "../../src/ports/log.ts";

export interface RecordedLog extends Log {
  readonly lines: readonly {
    readonly level: keyof Log;
    readonly message: string;
    readonly fields: LogFields;
  }[];
}

/** A log that keeps what it is told, for tests that ask. */
export function createRecordedLog(): RecordedLog {
  const lines: { level: keyof Log; message: string; fields: LogFields }[] = [];
  const write =
    (level: keyof Log) =>
    (message: string, fields: LogFields = {}) =>
      void lines.push({ level, message, fields });
  return { lines, debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
}
