import { type TreeEntry, treeNameProblem } from "../../domain/git-tree.ts";
import type { RepositoryObjects } from "./repository-objects.ts";

/** Where a path leads inside one tree. */
export type ResolvedPath =
  | {
      readonly kind: "found";
      /** Without links, `""` for the root. */
      readonly path: string;
      readonly entry: "file" | "directory";
      readonly oid: string;
    }
  | { readonly kind: "absent" }
  /** Following it would leave what may be read; the problem names the place inside the tree. */
  | { readonly kind: "refused"; readonly problem: string };

/** As deep as people nest links on purpose; past it, it is a loop or an attack. */
const LINKS_MAX = 10;

/** A link's text is a path; a larger one is not meant to be followed. */
const LINK_BYTES_MAX = 4_096;

type Objects = Pick<RepositoryObjects, "findEntry" | "entryAt" | "readObject">;

/**
 * Follows a path through a tree, links included as long as they stay inside it: absolute ones, ones that climb over the
 * root, loops, submodules and names that Git itself would refuse are refused, with the reason (T059–T062, T066, T078).
 *
 * @param path - from the tree's root; one leading slash and `.` segments do not count.
 */
export async function resolveInTree(objects: Objects, tree: string, path: string): Promise<ResolvedPath> {
  let pending = segmentsOf(path);
  let done: readonly string[] = [];
  let current: TreeEntry | undefined;
  let linksLeft = LINKS_MAX;

  while (pending.length > 0) {
    const [name = "", ...rest] = pending;
    if (name === "..") {
      if (done.length === 0) return refused(`\`${shown(path)}\` leads out of the repository`);
      [done, pending, current] = [done.slice(0, -1), rest, undefined];
      continue;
    }
    const step = await take(objects, tree, [...done, name]);
    if (step.kind !== "entry") return step;
    if (step.entry.kind === "link") {
      if (linksLeft === 0) return refused(`\`${shown(path)}\` goes through more than ${LINKS_MAX} links`);
      linksLeft -= 1;
      const target = await linkTarget(objects, step.entry, [...done, name].join("/"));
      if (typeof target !== "string") return target;
      pending = [...segmentsOf(target), ...rest];
      continue;
    }
    if (step.entry.kind === "file" && rest.length > 0) return { kind: "absent" };
    [done, pending, current] = [[...done, name], rest, step.entry];
  }
  return finish(objects, tree, { done, current });
}

type Step = ResolvedPath | { readonly kind: "entry"; readonly entry: TreeEntry };

async function take(objects: Objects, tree: string, names: readonly string[]): Promise<Step> {
  const path = names.join("/");
  const problem = treeNameProblem(names.at(-1) ?? "");
  if (problem !== undefined) return refused(`\`${shown(path)}\` cannot be read: ${problem}`);
  const entry = await objects.findEntry(tree, path);
  if (entry === undefined) return { kind: "absent" };
  if (entry.kind === "submodule") {
    return refused(`\`${shown(path)}\` is a submodule; submodules are not fetched`);
  }
  return { kind: "entry", entry };
}

async function linkTarget(objects: Objects, link: TreeEntry, path: string): Promise<string | ResolvedPath> {
  const object = await objects.readObject(link.oid);
  const content = object?.content ?? new Uint8Array();
  const target = new TextDecoder().decode(content);
  if (content.length > LINK_BYTES_MAX || target === "" || /[\u0000-\u001f\u007f\\\ufffd]/.test(target)) {
    return refused(`the link \`${shown(path)}\` does not name a path`);
  }
  if (target.startsWith("/")) return refused(`the link \`${shown(path)}\` leads out of the repository`);
  return target;
}

async function finish(
  objects: Objects,
  tree: string,
  { done, current }: { readonly done: readonly string[]; readonly current: TreeEntry | undefined },
): Promise<ResolvedPath> {
  const path = done.join("/");
  if (current !== undefined) {
    return {
      kind: "found",
      path,
      entry: current.kind === "directory" ? "directory" : "file",
      oid: current.oid,
    };
  }
  const { oid = "" } = await objects.entryAt(tree, path);
  return { kind: "found", path, entry: "directory", oid };
}

function segmentsOf(path: string): readonly string[] {
  return path.split("/").filter((segment) => segment !== "" && segment !== ".");
}

function refused(problem: string): ResolvedPath {
  return { kind: "refused", problem };
}

/** Fit for a message: hostile names are what this is about. */
function shown(path: string): string {
  return path.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029`]/g, "?").slice(0, 200);
}
