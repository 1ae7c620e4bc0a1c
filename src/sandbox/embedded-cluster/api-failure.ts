/** What an API server answers instead of success, before the ports translate it. Messages are worded as Kubernetes'. */
export class ApiFailure extends Error {
  override readonly name = "ApiFailure";
  readonly reason: ApiFailureReason;
  readonly retryAfterSeconds: number | undefined;

  constructor(reason: ApiFailureReason, message: string, retryAfterSeconds?: number) {
    super(message);
    this.reason = reason;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Kubernetes' reasons, some told apart that it gives one code. */
export type ApiFailureReason =
  /** 400, and 500 of a typed apply: the object cannot be read. */
  | "BadRequest"
  | "Forbidden"
  | "NamespaceTerminating"
  | "NotFound"
  | "NamespaceMissing"
  | "KindUnknown"
  | "AlreadyExists"
  /** 409 of an apply: another manager owns a field and it was not forced, or the version is another. */
  | "FieldConflict"
  /** 409: the resourceVersion or UID is not the one the request named. */
  | "Conflict"
  | "Invalid"
  | "TooManyRequests"
  /** No answer at all. */
  | "Unreachable";
