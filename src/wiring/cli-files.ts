import type { HealthDependencies } from "../cli/health.ts";
import type { ValidateDependencies } from "../cli/validate.ts";
import { readKubernetesYaml } from "../config/kubernetes-yaml.ts";
import { readDefinitions } from "../config/read-definitions.ts";
import { validateFiles } from "../config/validate.ts";
import { flattenLists } from "../domain/flatten-lists.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../domain/json.ts";
import { OperationError } from "../errors/operation-error.ts";
import { CLI_PROTOCOLS, lineOf, readDefinitionFile } from "./cli-definitions.ts";
import type { CliOptions } from "./cli-options.ts";

/** What the commands need that read files and nothing else. */
export function createFileDependencies(options: CliOptions): HealthDependencies & ValidateDependencies {
  return {
    async readObjects(file) {
      const { file: name, text } = await readDefinitionFile(file, options);
      return readObjects(name, text);
    },
    async readSettings(file) {
      const { documents } = readDefinitions(await readDefinitionFile(file, options));
      return {
        warnings: documents.flatMap(({ problems }) => problems.map(lineOf)),
        customHealthKinds: documents.flatMap(({ value }) =>
          value?.kind === "settings" ? (value.settings.customHealthKinds ?? []) : [],
        ),
      };
    },
    async validate(files) {
      const texts = await Promise.all(files.map((file) => readDefinitionFile(file, options)));
      return validateFiles(texts, { protocols: CLI_PROTOCOLS }).problems;
    },
  };
}

/** @throws OperationError DefinitionInvalid when any document is no YAML or no object */
function readObjects(file: string, text: string): readonly JsonObject[] {
  const { documents, problems } = readKubernetesYaml(text);
  const strangers = documents.filter(({ value }) => value !== null && !isObject(value));
  const all = [
    ...problems.map(({ line, message }) => `${file}:${line}: ${message}`),
    ...strangers.map(({ number }) => `${file} (document ${number}): is no Kubernetes object`),
  ];
  if (all.length > 0) throw OperationError.of("DefinitionInvalid", { problems: all });
  const objects = documents.map(({ value }) => value).filter(isJsonObject);
  return flattenLists(objects.map((object) => ({ object, digest: "" }))).map(({ object }) => object);
}

function isObject(value: JsonValue): boolean {
  return isJsonObject(value) && typeof value["kind"] === "string";
}
