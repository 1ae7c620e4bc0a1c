import { isProtectedKind } from "../../domain/prune-guard.ts";
import { describeResource, type ResourceKey } from "../../domain/resource-key.ts";
import { OperationError } from "../../errors/operation-error.ts";

/** How Kubernetes says that a field keeps the value an object was created with. */
const IMMUTABLE =
  /field is immutable|is immutable (after creation|when)|cannot change roleRef|spec: Forbidden: updates to statefulset spec/;

/** The server will not have this object, in its own words. What cannot be changed at all is told from what is wrong. */
export function applyRejected(key: ResourceKey, message: string, cause?: unknown): OperationError {
  const facts = { object: describeResource(key), message };
  const options = cause === undefined ? {} : { cause };
  if (!IMMUTABLE.test(message)) return OperationError.of("ApplyRejected", facts, options);
  const unchangeable = isProtectedKind(key) ? "keeps data" : "can be made anew";
  return OperationError.of("ApplyRejected", { ...facts, unchangeable }, options);
}

/** Why an object cannot be addressed on the server; `undefined` where it can. Else the answer would be a bare 404. */
export function unaddressable(
  { namespaced }: { readonly namespaced: boolean },
  key: ResourceKey,
): OperationError | undefined {
  if (namespaced && key.namespace === "") {
    return applyRejected(key, "metadata.namespace: Required value: objects of this kind live in a namespace");
  }
  const problem = pathProblem(key.name);
  return problem === undefined
    ? undefined
    : applyRejected(key, `metadata.name: Invalid value: "${key.name}": ${problem}`);
}

/** What the names of all kinds have in common, for they are steps of a path. */
function pathProblem(name: string): string | undefined {
  if (name === "." || name === "..") return `may not be '${name}'`;
  const character = /[/%]/.exec(name)?.[0];
  return character === undefined ? undefined : `may not contain '${character}'`;
}
