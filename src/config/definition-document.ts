import type { ConfigSubject } from "../domain/control-plane.ts";
import type { JsonObject } from "../domain/json.ts";
import { objectAt, stringAt } from "../domain/json.ts";
import type { RepositoryProtocol } from "../domain/repository-url.ts";
import type { FieldPath } from "./notes.ts";

/** One manifest as it was found: its object and where it stands. */
export interface DefinitionDocument {
  readonly object: JsonObject;
  /** Relative to the control plane's folder or the repository. */
  readonly file: string;
  /** 1-based document of the file. */
  readonly document: number;
  lineOf(path: FieldPath): number;
  /** What repository URLs may be; absent: what may be reached over a network. */
  readonly protocols?: readonly RepositoryProtocol[];
}

/** Where Argo CD lives unless somebody chose otherwise: the namespace of manifests that name none. */
export const DEFAULT_NAMESPACE = "argocd";

/** What a manifest says it is; undefined where it has no kind or no name. */
export function subjectOf(object: JsonObject): ConfigSubject | undefined {
  const kind = stringAt(object, "kind") ?? "";
  const name = stringAt(object, "metadata", "name") ?? "";
  if (kind === "" || name === "") return undefined;
  const namespace = stringAt(object, "metadata", "namespace") ?? "";
  return { kind, namespace: namespace === "" ? DEFAULT_NAMESPACE : namespace, name };
}

/** Labels or annotations that are texts. */
export function metadataTexts(
  object: JsonObject,
  field: "labels" | "annotations",
): Readonly<Record<string, string>> {
  const entries = Object.entries(objectAt(object, "metadata", field));
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

/** A name the API server takes for most objects: labels of lower-case letters, digits and `-`, joined by points. */
export function isDnsSubdomain(name: string): boolean {
  return name.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name);
}
