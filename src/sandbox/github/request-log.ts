/** One request that the API was asked, as tests and the page read it. */
export interface LoggedRequest {
  readonly at: number;
  readonly method: string;
  /** Below `/api/v3`, with the query. */
  readonly path: string;
  /** The description's template, `""` where there is no such operation. */
  readonly operation: string;
  readonly actor: "anonymous" | "user" | "app" | "installation";
  readonly installationId: number | undefined;
  readonly body: unknown;
  readonly isConditional: boolean;
  readonly status: number;
}

/** Older entries make room. */
const REQUESTS_KEPT_MAX = 10_000;

export interface RequestLog {
  readonly entries: readonly LoggedRequest[];
  add(entry: LoggedRequest): void;
  clear(): void;
}

export function createRequestLog(): RequestLog {
  const entries: LoggedRequest[] = [];
  return {
    entries,
    add(entry) {
      entries.push(entry);
      if (entries.length > REQUESTS_KEPT_MAX) entries.shift();
    },
    clear() {
      entries.length = 0;
    },
  };
}
