import type { ApplicationSource } from "../domain/application.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../domain/json.ts";
import type { RenderOrder } from "../domain/renderer-protocol.ts";
import type { EngineRequest } from "./engine-types.ts";
import { failure, RenderFailed } from "./failure.ts";
import { helmRequestOf } from "./helm-request.ts";
import { kustomizeRequestOf } from "./kustomize-request.ts";
import { mergePatch } from "./merge-patch.ts";
import { FieldProblem, readToolBlocks } from "./read-source.ts";
import type { RenderTree } from "./render-tree.ts";
import { type PathScope, throwProblem } from "./resolve-path.ts";
import { buildEnvironmentOf } from "./substitute-environment.ts";

export type Tool = "Helm" | "Kustomize" | "Directory";

/** A source as the engine is asked for it: every path absolute in the render's tree, everything decided. */
export interface ResolvedSource {
  readonly tool: Tool;
  readonly request: Pick<EngineRequest, "tool" | "helm" | "kustomize" | "directory">;
  /** Something in it was substituted by the commit or the name that led to it. */
  readonly usesRevision: boolean;
}

/** Reads a YAML text as Kubernetes does; throws the parser's message as an Error. */
export type ReadYaml = (text: string) => JsonValue;

/**
 * Decides what is rendered, and how: overrides in the repository, tool detection, build environment, value files
 * (argocd-behaviour §3.2–3.7). It looks at files through the render's tree, so that they are in the read-set.
 *
 * @throws RenderFailed
 */
export function resolveSource(order: RenderOrder, tree: RenderTree, readYaml: ReadYaml): ResolvedSource {
  const directory = directoryOf(order, tree);
  const source = withOverrides(order, { tree, directory, readYaml });
  const scope: PathScope = {
    order: { ...order, source },
    tree,
    directory,
    environment: buildEnvironmentOf(order),
  };
  const tool = explicitTool(order, source) ?? detectTool(tree, directory);
  throwProblem(scope);
  const request = requestOf(tool, scope);
  return { tool, request, usesRevision: scope.environment.isRevisionUsed() };
}

function requestOf(tool: Tool, scope: PathScope): ResolvedSource["request"] {
  const { source } = scope.order;
  switch (tool) {
    case "Helm":
      return { tool: "helm", helm: helmRequestOf(scope, source.helm ?? {}) };
    case "Kustomize":
      return { tool: "kustomize", kustomize: kustomizeRequestOf(scope, source.kustomize ?? {}) };
    case "Directory":
      return { tool: "directory", directory: directoryRequestOf(scope.directory, source) };
  }
}

function directoryOf({ source }: RenderOrder, tree: RenderTree): string {
  const { path } = source;
  if (path === "" || path.startsWith("/")) {
    const problem =
      path === "" ? "it names no path" : "its path is absolute; paths are relative to the repository";
    throw new RenderFailed(failure("SourceInvalid", { path: path || ".", problem }));
  }
  const node = tree.resolve(`/0/${path}`, "all links");
  throwProblem({ tree });
  if (node.kind === "directory") return node.path === "" ? "/0" : `/0/${node.path}`;
  if (node.kind === "absent") throw new RenderFailed(failure("PathMissing", { path }));
  throw new RenderFailed(failure("SourceInvalid", { path, problem: "its path is a file, not a folder" }));
}

/** What the files `.argocd-source.yaml` and `.argocd-source-NAME.yaml` of the folder make of the source. */
function withOverrides(
  order: RenderOrder,
  files: { readonly tree: RenderTree; readonly directory: string; readonly readYaml: ReadYaml },
): ApplicationSource {
  let patched: JsonValue = { ...order.source } as unknown as JsonObject;
  const names = [".argocd-source.yaml", `.argocd-source-${order.environment.instanceName}.yaml`];
  let isPatched = false;
  for (const name of names) {
    const patch = readOverride(order, name, files);
    if (patch === undefined) continue;
    patched = mergePatch(patched, patch);
    isPatched = true;
  }
  if (!isPatched || !isJsonObject(patched)) return order.source;
  const { helm: _helm, kustomize: _kustomize, directory: _directory, ...rest } = order.source;
  try {
    return { ...rest, ...readToolBlocks(patched) };
  } catch (problem) {
    if (!(problem instanceof FieldProblem)) throw problem;
    throw invalid(order, `with \`.argocd-source.yaml\` applied, ${problem.message}`);
  }
}

function readOverride(
  order: RenderOrder,
  name: string,
  {
    tree,
    directory,
    readYaml,
  }: { readonly tree: RenderTree; readonly directory: string; readonly readYaml: ReadYaml },
): JsonObject | undefined {
  const node = tree.resolve(`${directory}/${name}`, "all links");
  throwProblem({ tree });
  if (node.kind !== "file") return undefined;
  const content = tree.read(node);
  throwProblem({ tree });
  try {
    const patch = readYaml(new TextDecoder().decode(content?.slice()));
    if (patch === null) return undefined;
    if (isJsonObject(patch)) return patch;
  } catch (error) {
    throw invalid(
      order,
      `\`${name}\` cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  throw invalid(order, `\`${name}\` is not an object`);
}

/** The tool whose block the source has. */
function explicitTool(
  order: RenderOrder,
  { helm, kustomize, directory }: ApplicationSource,
): Tool | undefined {
  const named: Tool[] = [];
  if (kustomize !== undefined) named.push("Kustomize");
  if (helm !== undefined) named.push("Helm");
  if (directory !== undefined) named.push("Directory");
  if (named.length > 1) throw invalid(order, `it has settings for more than one tool: ${named.join(", ")}`);
  return named[0];
}

/**
 * The tool that the folder's files speak of. A kustomization wins over a chart. The names are looked up one by one
 * before the folder is listed: a listing is in the read-set as the whole folder, and changes with every commit where
 * the folder is the repository's root.
 */
function detectTool(tree: RenderTree, directory: string): Tool {
  const isFile = (name: string) => tree.resolve(`${directory}/${name}`, "all links").kind === "file";
  if (["kustomization.yaml", "kustomization.yml", "Kustomization"].some(isFile)) return "Kustomize";
  if (isFile("Chart.yaml")) return "Helm";
  const entries = tree.list(tree.resolve(directory, "all links"));
  const isOtherChart = entries.some(({ name, kind }) => kind !== "directory" && name.endsWith("Chart.yaml"));
  return isOtherChart ? "Helm" : "Directory";
}

function directoryRequestOf(
  path: string,
  { directory }: ApplicationSource,
): NonNullable<EngineRequest["directory"]> {
  return {
    path,
    recurse: directory?.recurse === true,
    include: directory?.include ?? "",
    exclude: directory?.exclude ?? "",
    disableExtensionFilter: directory?.disableExtensionFilter === true,
  };
}

function invalid({ source }: RenderOrder, problem: string): RenderFailed {
  return new RenderFailed(failure("SourceInvalid", { path: source.path, problem }));
}
