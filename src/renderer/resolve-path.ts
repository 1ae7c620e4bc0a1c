import { compareText } from "../domain/compare-text.ts";
import type { RenderOrder } from "../domain/renderer-protocol.ts";
import { failure, RenderFailed } from "./failure.ts";
import { compileGlob, isGlob } from "./match-glob.ts";
import type { RenderTree, TreeNode } from "./render-tree.ts";
import { type BuildEnvironment, substituteEnvironment } from "./substitute-environment.ts";

/** What paths in a source are resolved against. */
export interface PathScope {
  readonly order: RenderOrder;
  readonly tree: RenderTree;
  readonly environment: BuildEnvironment;
  /** The source's directory, absolute in the render's tree. */
  readonly directory: string;
}

/**
 * Value files as Argo CD resolves them (argocd-behaviour §3.5), absolute in the render's tree, in order: globs are
 * expanded without the files that are also listed by themselves, and a file counts once, at its first place.
 */
export function resolveValueFiles(
  scope: PathScope,
  files: readonly string[],
  ignoreMissing: "ignore missing" | "refuse missing",
): readonly string[] {
  const located = files.map((file) => ({ file, path: locate(scope, file) }));
  const explicit = new Set(located.filter(({ path }) => !isGlob(path)).map(({ path }) => path));
  const found: string[] = [];
  for (const { file, path } of located) {
    const matches = isGlob(path) ? expand(scope, path) : existing(scope, path);
    if (matches.length === 0 && ignoreMissing === "refuse missing") {
      throw new RenderFailed(failure("PathMissing", { path: file }));
    }
    found.push(...matches.filter((match) => !isGlob(path) || !explicit.has(match)));
  }
  return [...new Set(found)];
}

/** One file, which has to be there. */
export function resolveFile(scope: PathScope, file: string): string {
  const [path] = existing(scope, locate(scope, file));
  if (path === undefined) throw new RenderFailed(failure("PathMissing", { path: file }));
  return path;
}

/** Throws what the tree has noted, if anything: a refusal is not to be told as something missing. */
export function throwProblem({ tree }: Pick<PathScope, "tree">): void {
  const problem = tree.problem();
  if (problem !== undefined) throw new RenderFailed(problem);
}

/** Where a path of a source leads: `$ref/…` to another mount, `/…` to the repository's root, else from the directory. */
function locate(scope: PathScope, text: string): string {
  const { order, environment } = scope;
  const reference = /^\$([A-Za-z0-9_-]+)(?:\/|$)/.exec(text);
  const name = reference?.[1] ?? "";
  const mount = order.mounts.findIndex((candidate, index) => index > 0 && candidate.name === name);
  if (reference !== null && mount > 0) {
    return normalize(scope, text, [
      `/${mount}`,
      substituteEnvironment(text.slice(reference[0].length), environment),
    ]);
  }
  if (reference !== null && order.mounts.length > 1 && !environment.has(name)) {
    throw invalid(scope, `\`${text}\` names the source \`$${name}\`, but no source has that ref`);
  }
  const path = substituteEnvironment(text, environment);
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(path)?.[1];
  if (scheme !== undefined) throw remote(scope, scheme.toLowerCase());
  return normalize(scope, text, path.startsWith("/") ? ["/0", path] : [scope.directory, path]);
}

/** None is fetched; one that the operator does not allow at all is told apart, for it will never be. */
function remote({ order }: PathScope, scheme: string): RenderFailed {
  const { helmValuesFileSchemes: allowed } = order.settings;
  const what = allowed.includes(scheme)
    ? "a value file that is fetched from a URL"
    : `a value file at a URL of \`${scheme}\`, which \`helm.valuesFileSchemes\` does not allow`;
  return new RenderFailed(failure("SourceRefused", { path: order.source.path, what }));
}

/** Joined, without `.` and `..`, and still inside the mount it began in. */
function normalize({ order }: PathScope, text: string, parts: readonly string[]): string {
  const names: string[] = [];
  for (const name of parts.join("/").split("/")) {
    if (name === "..") names.pop();
    else if (name !== "" && name !== ".") names.push(name);
    if (name === ".." && names.length === 0) {
      throw new RenderFailed(
        failure("SourceRefused", {
          path: order.source.path,
          what: `the path \`${text}\`, which leaves the repository`,
        }),
      );
    }
  }
  return `/${names.join("/")}`;
}

function existing(scope: PathScope, path: string): readonly string[] {
  const node = scope.tree.resolve(path, "all links");
  throwProblem(scope);
  return node.kind === "file" ? [path] : [];
}

/** Files that match, in the order of a walk: a directory's own files before its subdirectories. */
function expand(scope: PathScope, pattern: string): readonly string[] {
  const matches = compileGlob(pattern);
  if (matches === undefined)
    throw invalid(scope, `\`${pattern.replace(/^\/\d+\//, "")}\` is not a valid pattern`);
  const names = pattern.split("/");
  const fixed = names.slice(0, names.findIndex(isGlobName));
  const found: string[] = [];
  walk(scope, fixed.join("/") || "/", (file) => {
    if (matches(file)) found.push(file);
  });
  throwProblem(scope);
  return found;
}

function isGlobName(name: string): boolean {
  return /[*?[{\\]/.test(name);
}

function walk(scope: PathScope, directory: string, visit: (file: string) => void): void {
  const node: TreeNode = scope.tree.resolve(directory, "all links");
  const entries = [...scope.tree.list(node)].sort((a, b) => compareText(a.name, b.name));
  for (const { name, kind } of entries) {
    const path = `${directory}/${name}`;
    if (kind !== "directory" && scope.tree.resolve(path, "all links").kind === "file") visit(path);
  }
  for (const { name, kind } of entries) if (kind === "directory") walk(scope, `${directory}/${name}`, visit);
}

function invalid({ order }: PathScope, problem: string): RenderFailed {
  return new RenderFailed(failure("SourceInvalid", { path: order.source.path, problem }));
}
