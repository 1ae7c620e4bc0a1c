import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import type { GitObject, ObjectSource } from "../../src/ports/renderer.ts";

/** What a tree is made of, by name: text or bytes of a file, a folder, or one of {@link link} and {@link submodule}. */
export interface Files {
  readonly [name: string]: string | Uint8Array | Special | Files;
}

interface Special {
  readonly mode: "120000" | "160000" | "100755";
  readonly content: string;
}

export function link(target: string): Special {
  return { mode: "120000", content: target };
}

export function submodule(commit: string): Special {
  return { mode: "160000", content: commit };
}

/** Git objects in memory, as the renderer is handed them, with a count of what was asked for. */
export interface GitObjects extends ObjectSource {
  /** Adds a tree and all below it; returns its id. */
  addFiles(files: Files): string;
  /** Adds what a folder on disk holds, links as links. */
  addFolder(folder: string): string;
  /** Adds a tree whose entries are not checked: for names that Git refuses to make. */
  addRawTree(
    entries: readonly { readonly mode: string; readonly name: string | Buffer; readonly oid: string }[],
  ): string;
  addBlob(content: string | Uint8Array): string;
  /** Takes an object away again. */
  remove(oid: string): void;
  /** Ids asked for since the start. */
  readonly asked: readonly string[];
}

/** @param onAdd - told of each object as it is made. */
export function createGitObjects(
  onAdd: (kind: GitObject["kind"], content: Uint8Array) => void = () => undefined,
): GitObjects {
  const objects = new Map<string, GitObject>();
  const asked: string[] = [];

  function add(kind: GitObject["kind"], content: Uint8Array): string {
    const oid = createHash("sha1").update(`${kind} ${content.length}\0`).update(content).digest("hex");
    objects.set(oid, { kind, content });
    onAdd(kind, content);
    return oid;
  }

  function addRawTree(entries: Parameters<GitObjects["addRawTree"]>[0]): string {
    const sorted = [...entries].sort((a, b) => Buffer.compare(sortKey(a), sortKey(b)));
    return add(
      "tree",
      Buffer.concat(
        sorted.flatMap(({ mode, name, oid }) => [
          Buffer.from(`${mode} `),
          Buffer.from(name),
          Buffer.from([0]),
          Buffer.from(oid, "hex"),
        ]),
      ),
    );
  }

  function addFiles(files: Files): string {
    return addRawTree(
      Object.entries(nested(files)).map(([name, content]) => ({ name, ...entryOf(content) })),
    );
  }

  function entryOf(content: Files[string]): { mode: string; oid: string } {
    if (typeof content === "string") return { mode: "100644", oid: add("blob", Buffer.from(content)) };
    if (content instanceof Uint8Array) return { mode: "100644", oid: add("blob", content) };
    if (!isSpecial(content)) return { mode: "40000", oid: addFiles(content) };
    const { mode, content: text } = content;
    return { mode, oid: mode === "160000" ? text : add("blob", Buffer.from(text)) };
  }

  return {
    asked,
    addFiles,
    addRawTree,
    addFolder: (folder) => addFiles(readFolder(folder)),
    addBlob: (content) => add("blob", Buffer.from(content)),
    remove: (oid) => void objects.delete(oid),
    async readObject(_repository, oid) {
      asked.push(oid);
      return objects.get(oid);
    },
  };
}

function isSpecial(content: Files | Special): content is Special {
  return typeof content["mode"] === "string" && typeof content["content"] === "string";
}

/** Git's order: folders as if their names ended with a slash. */
function sortKey({ mode, name }: { readonly mode: string; readonly name: string | Buffer }): Buffer {
  return mode === "40000" ? Buffer.concat([Buffer.from(name), Buffer.from("/")]) : Buffer.from(name);
}

/** Names with slashes become folders. */
function nested(files: Files): Files {
  const result: Record<string, Files[string]> = {};
  for (const [path, content] of Object.entries(files)) {
    const slash = path.indexOf("/");
    if (slash === -1) {
      result[path] = content;
      continue;
    }
    const name = path.slice(0, slash);
    const present = result[name];
    const folder =
      typeof present === "object" && !(present instanceof Uint8Array) && !isSpecial(present) ? present : {};
    result[name] = { ...folder, [path.slice(slash + 1)]: content };
  }
  return result;
}

function readFolder(folder: string): Files {
  return Object.fromEntries<Files[string]>(
    readdirSync(folder)
      .filter((name) => name !== ".git")

      .map((name): [string, Files[string]] => {
        const path = join(folder, name);
        const stat = lstatSync(path);
        if (stat.isSymbolicLink()) return [name, link(readlinkSync(path))];
        return [name, stat.isDirectory() ? readFolder(path) : new Uint8Array(readFileSync(path))];
      }),
  );
}
