import { applyRejected } from "../../adapters/kubernetes/apply-rejected.ts";
import { scrubMessage } from "../../adapters/kubernetes/scrub-message.ts";
import type { JsonObject } from "../../domain/json.ts";
import { describeResource, type ResourceKey } from "../../domain/resource-key.ts";
import { OperationError } from "../../errors/operation-error.ts";
import { ApiFailure, type ApiFailureReason } from "./api-failure.ts";

/** What a request was about, for the words of its failure. */
export interface RequestFacts {
  readonly destination: string;
  /** Verb phrase: `read Deployment.apps objects`. */
  readonly what: string;
  readonly key: ResourceKey;
  readonly apiVersion: string;
  /** What was written: a Secret's values are taken out of the server's message. */
  readonly object?: JsonObject;
}

/** Runs one request and turns what the server says against it into the ports' errors. Bugs of ours pass as they are. */
export async function answered<T>(facts: RequestFacts, request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    throw error instanceof ApiFailure ? operationError(error, facts) : error;
  }
}

function operationError(cause: ApiFailure, facts: RequestFacts): OperationError {
  const { destination, what, key, apiVersion } = facts;
  switch (cause.reason) {
    case "Unreachable":
      return OperationError.of("ClusterUnreachable", { destination }, { cause });
    case "TooManyRequests": {
      const retryAfterMs = (cause.retryAfterSeconds ?? 1) * 1000;
      return OperationError.of("ClusterThrottled", { destination }, { cause, retryAfterMs });
    }
    case "Forbidden":
      return OperationError.of("ClusterDenied", { destination, what }, { cause });
    case "KindUnknown":
      return OperationError.of("KindUnknown", { destination, apiVersion, kind: key.kind }, { cause });
    default:
      return objectError(cause, cause.reason, facts);
  }
}

/** Failures that are about one object. */
function objectError(
  cause: ApiFailure,
  reason: Exclude<ApiFailureReason, "Unreachable" | "TooManyRequests" | "Forbidden" | "KindUnknown">,
  facts: RequestFacts,
): OperationError {
  const { key } = facts;
  const object = describeResource(key);
  const message = scrubMessage(cause.message, { key, object: facts.object ?? {} });
  switch (reason) {
    case "NamespaceMissing":
    case "NamespaceTerminating":
      return OperationError.of(reason, { namespace: key.namespace, object }, { cause });
    case "AlreadyExists":
      return OperationError.of("ObjectExists", { object }, { cause });
    case "FieldConflict":
      return OperationError.of("ApplyConflict", { object, message }, { cause });
    case "NotFound":
    case "Conflict":
      return OperationError.of("PreconditionFailed", { object }, { cause });
    case "BadRequest":
    case "Invalid":
      return applyRejected(key, message, cause);
  }
}
