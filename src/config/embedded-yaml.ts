import type { JsonValue } from "../domain/json.ts";
import { readKubernetesYaml } from "./kubernetes-yaml.ts";
import type { Notes } from "./notes.ts";

/** The YAML in one key of a ConfigMap; undefined where it is empty, or cannot be read, which is a problem. */
export function yamlOf(key: string, text: string, notes: Notes): JsonValue | undefined {
  const { documents, problems } = readKubernetesYaml(text);
  const [problem] = problems;
  if (problem !== undefined) notes.invalid(["data", key], `is not YAML: ${problem.message}`);
  return problem === undefined ? documents[0]?.value : undefined;
}
