import type { DefinitionDocument } from "../../src/config/definition-document.ts";
import { readKubernetesYaml } from "../../src/config/kubernetes-yaml.ts";
import type { ConfigProblem } from "../../src/domain/control-plane.ts";
import { isJsonObject } from "../../src/domain/json.ts";

/** The first document of a YAML text, as a manifest found in `all.yaml`. */
export function manifest(yaml: string): DefinitionDocument {
  const [document] = readKubernetesYaml(yaml).documents;
  if (document === undefined || !isJsonObject(document.value)) throw new Error(`no manifest: ${yaml}`);
  return { object: document.value, file: "all.yaml", document: document.number, lineOf: document.lineOf };
}

/** An Application `web` with these lines of spec (indented by two), to the pod's own cluster. */
export function applicationYaml(spec: string, metadata = "{name: web}"): string {
  return [
    "apiVersion: argoproj.io/v1alpha1",
    "kind: Application",
    `metadata: ${metadata}`,
    "spec:",
    ...spec.split("\n").map((line) => `  ${line}`),
    "",
  ].join("\n");
}

/** Spec lines of an Application that nothing is wrong with; a source, and a destination. */
export const SOURCE = "source: {repoURL: https://github.com/acme/shop, path: web}";
export const DESTINATION = "destination: {server: https://kubernetes.default.svc, namespace: shop}";

/** One line a problem: `error spec.source.path is missing`; the field is not repeated. */
export function brief(problems: readonly ConfigProblem[]): readonly string[] {
  return problems.map(({ severity, field, title }) => {
    const rest = title.replace(`\`${field}\``, "").trim();
    return [severity, field, rest].filter((part) => part !== "").join(" ");
  });
}
