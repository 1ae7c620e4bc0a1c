import { arrayAt, stringAt } from "../../domain/json.ts";
import type { Manifest } from "../../domain/manifest.ts";
import { describeResource, type ResourceKey } from "../../domain/resource-key.ts";
import { OperationError } from "../../errors/operation-error.ts";
import { type ApiAnswer, isTypeError } from "./api-server.ts";
import { applyRejected } from "./apply-rejected.ts";
import { scrubMessage } from "./scrub-message.ts";

/** Why a write, or a dry run of one, was refused; `answer` has a status from 300 up. */
export function writeError(
  destination: string,
  answer: ApiAnswer,
  target: Pick<Manifest, "key" | "apiVersion" | "object">,
): OperationError {
  const { key } = target;
  const object = describeResource(key);
  const facts = { object, message: messageOf(answer, target) };
  switch (answer.status) {
    case 403:
      return forbidden(destination, answer, { target, message: facts.message });
    case 404:
      return missing(destination, answer, target);
    case 409:
      if (reasonOf(answer) === "AlreadyExists") return OperationError.of("ObjectExists", { object });
      return OperationError.of("ApplyConflict", facts);
    case 400:
    case 405:
    case 406:
    case 413:
    case 415:
    case 422:
      return applyRejected(key, facts.message);
    default:
      if (isTypeError({ status: answer.status, text: stringAt(answer.body, "message") ?? "" })) {
        return applyRejected(key, facts.message);
      }
      return OperationError.of("ApplyFailed", facts);
  }
}

/** Someone reads this in a comment: the server's message, or at least its word for what went wrong. */
function messageOf(answer: ApiAnswer, target: Pick<Manifest, "key" | "object">): string {
  const message = stringAt(answer.body, "message") ?? reasonOf(answer);
  return scrubMessage(message === "" ? `The server answered ${answer.status}.` : message, target);
}

function reasonOf({ body }: ApiAnswer): string {
  return stringAt(body, "reason") ?? "";
}

/** 403 is also what admission answers: quota, pod security, webhooks, a namespace that is going. */
function forbidden(
  destination: string,
  { body }: ApiAnswer,
  { target, message }: { readonly target: Pick<Manifest, "key">; readonly message: string },
): OperationError {
  const { key } = target;
  const object = describeResource(key);
  const causes = arrayAt(body, "details", "causes").map((cause) => stringAt(cause, "reason"));
  if (causes.includes("NamespaceTerminating")) {
    return OperationError.of("NamespaceTerminating", { namespace: key.namespace, object });
  }
  const denied = /User "[^"]*" cannot ([a-z]+) resource/.exec(stringAt(body, "message") ?? "");
  if (denied === null) return applyRejected(key, message);
  return OperationError.of("ClusterDenied", { destination, what: `${denied[1]} ${object}` });
}

/** 404 to a write: its namespace is missing, its kind has just gone, or (for updates) the object itself. */
function missing(
  destination: string,
  { body }: ApiAnswer,
  { key, apiVersion }: Pick<Manifest, "key" | "apiVersion">,
): OperationError {
  const object = describeResource(key);
  const missingKind = stringAt(body, "details", "kind");
  if (missingKind === "namespaces" && key.kind !== "Namespace") {
    return OperationError.of("NamespaceMissing", { namespace: key.namespace, object });
  }
  if (stringAt(body, "details", "name") === key.name)
    return OperationError.of("PreconditionFailed", { object });
  return kindUnknown(destination, key, apiVersion);
}

/** @param apiVersion - as the manifest writes it; where only a key is known, its group. */
export function kindUnknown(
  destination: string,
  { group, kind }: ResourceKey,
  apiVersion = group,
): OperationError {
  return OperationError.of("KindUnknown", { destination, apiVersion, kind });
}
