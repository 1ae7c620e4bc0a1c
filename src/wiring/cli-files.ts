import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

import type { HealthDependencies } from "../cli/health.ts";
import type { ValidateDependencies } from "../cli/validate.ts";
import { readKubernetesYaml } from "../config/kubernetes-yaml.ts";
import { nearestWord } from "../config/nearest.ts";
import { type DefinitionFile, readDefinitions } from "../config/read-definitions.ts";
import { validateFiles } from "../config/validate.ts";
import type { ConfigProblem } from "../domain/control-plane.ts";
import { flattenLists } from "../domain/flatten-lists.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../domain/json.ts";
import { OperationError } from "../errors/operation-error.ts";
import { readDefinitionFile, readDefinitionsAt } from "./cli-definition-files.ts";
import { CLI_PROTOCOLS, lineOf } from "./cli-definitions.ts";
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
    async validate(paths) {
      const texts = (await Promise.all(paths.map((path) => readBelow(path, options)))).flat();
      const { problems } = validateFiles(texts, { protocols: CLI_PROTOCOLS });
      const named = new Set(paths);
      return {
        problems: problems.filter((problem) => named.has(problem.file) || !isOtherObject(problem)),
        files: texts.length,
      };
    },
  };
}

/**
 * What speaks of Argo CD without being a definition, as every manifest with a sync wave does, stands in a folder for
 * reasons of its own. Only what may be a mistyped definition is worth a word there.
 */
function isOtherObject({ reason, subject }: ConfigProblem): boolean {
  return reason === "DefinitionIgnored" && nearestWord(subject?.kind ?? "", DEFINITION_KINDS) === "";
}

const DEFINITION_KINDS = ["Application", "AppProject", "ApplicationSet"] as const;
const REPOSITORY_FILE = ".github/plumbline.yml";

/** Definitions, and of a folder the repository's own file as well. */
async function readBelow(path: string, options: CliOptions): Promise<readonly DefinitionFile[]> {
  const own = join(path, REPOSITORY_FILE);
  const hasOwn = path !== "-" && existsSync(resolve(options.workingDirectory, own));
  const settings = hasOwn ? [await readDefinitionFile(own, options)] : [];
  return [...settings, ...(await readDefinitionsAt(path, options))];
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
