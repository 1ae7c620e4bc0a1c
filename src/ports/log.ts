/** A log line: a static message and fields. Values pass the mask of known credentials before they are written. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  /** Someone may need to act. */
  warn(message: string, fields?: LogFields): void;
  /** A bug of ours, or a retry that is exhausted. */
  error(message: string, fields?: LogFields): void;
}

export type LogFields = Readonly<Record<string, unknown>>;
