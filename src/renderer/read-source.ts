import type {
  ApplicationSource,
  DirectorySource,
  HelmSource,
  KustomizeSource,
} from "../domain/application.ts";
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from "../domain/json.ts";

/** The parts of a source that name a tool. */
export type ToolBlocks = Pick<ApplicationSource, "helm" | "kustomize" | "directory">;

/** What reading a block found wrong: field and problem, as a sentence's end. */
export class FieldProblem extends Error {
  override readonly name = "FieldProblem";
}

/**
 * The tool blocks of a source that a file in the repository has patched: nobody has checked it yet. Blocks without a
 * field are left out, as Argo CD does before it looks which tool is named.
 *
 * @throws FieldProblem at the first field that has another type than it should, or that is not rendered.
 */
export function readToolBlocks(source: JsonObject): ToolBlocks {
  if (!isZero(source["plugin"])) throw new FieldProblem("`plugin` is set; plugins are not run");
  const helm = block(source["helm"], HELM, "helm");
  const kustomize = block(source["kustomize"], KUSTOMIZE, "kustomize");
  const directory = block(source["directory"], DIRECTORY, "directory");
  return {
    ...(helm === undefined ? {} : { helm: helm as HelmSource }),
    ...(kustomize === undefined ? {} : { kustomize: kustomize as KustomizeSource }),
    ...(directory === undefined ? {} : { directory: directory as DirectorySource }),
  };
}

type Check = (value: JsonValue) => boolean;

const isText: Check = (value) => typeof value === "string";
const isFlag: Check = (value) => typeof value === "boolean";
const isObject: Check = (value) => isJsonObject(value);
const isCount: Check = (value) => typeof value === "number" || typeof value === "string";
const isTextMap: Check = (value) => isJsonObject(value) && Object.values(value).every(isText);
const listOf =
  (check: Check): Check =>
  (value) =>
    isJsonArray(value) && value.every(check);
const shaped =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isJsonObject(value) &&
    Object.entries(fields).every(([name, check]) => value[name] === undefined || check(value[name]));

const HELM: Readonly<Record<string, Check>> = {
  releaseName: isText,
  valueFiles: listOf(isText),
  values: isText,
  valuesObject: isObject,
  parameters: listOf(shaped({ name: isText, value: isText, forceString: isFlag })),
  fileParameters: listOf(shaped({ name: isText, path: isText })),
  ignoreMissingValueFiles: isFlag,
  skipCrds: isFlag,
  skipTests: isFlag,
  skipSchemaValidation: isFlag,
  namespace: isText,
  kubeVersion: isText,
  apiVersions: listOf(isText),
  version: isText,
  passCredentials: isFlag,
};

const KUSTOMIZE: Readonly<Record<string, Check>> = {
  namePrefix: isText,
  nameSuffix: isText,
  images: listOf(isText),
  replicas: listOf(shaped({ name: isText, count: isCount })),
  commonLabels: isTextMap,
  commonAnnotations: isTextMap,
  forceCommonLabels: isFlag,
  forceCommonAnnotations: isFlag,
  commonAnnotationsEnvsubst: isFlag,
  labelWithoutSelector: isFlag,
  labelIncludeTemplates: isFlag,
  namespace: isText,
  patches: listOf(isObject),
  components: listOf(isText),
  ignoreMissingComponents: isFlag,
  kubeVersion: isText,
  apiVersions: listOf(isText),
  version: isText,
};

const DIRECTORY: Readonly<Record<string, Check>> = {
  recurse: isFlag,
  include: isText,
  exclude: isText,
  disableExtensionFilter: isFlag,
  jsonnet: (value) => isZero(value),
};

function block(
  value: JsonValue | undefined,
  checks: Readonly<Record<string, Check>>,
  name: string,
): JsonObject | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isJsonObject(value)) throw new FieldProblem(`\`${name}\` is not an object`);
  for (const [field, content] of Object.entries(value)) {
    const check = Object.hasOwn(checks, field) ? checks[field] : undefined;
    if (check === undefined) throw new FieldProblem(`\`${name}.${field}\` is not known`);
    if (!check(content))
      throw new FieldProblem(`\`${name}.${field}\` is not of the type it should be, or not rendered yet`);
  }
  const kept = Object.fromEntries(Object.entries(value).filter(([, content]) => !isZero(content)));
  return Object.keys(kept).length === 0 ? undefined : kept;
}

/** Empty in Go's sense: what a manifest need not have written. */
function isZero(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null || value === "" || value === false || value === 0) return true;
  if (isJsonArray(value)) return value.length === 0;
  return isJsonObject(value) && Object.values(value).every(isZero);
}
