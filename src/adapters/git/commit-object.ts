import type { Commit } from "../../ports/git.ts";

/**
 * Reads a commit object's bytes.
 * @throws RangeError when they are not a commit: the object is damaged.
 */
export function parseCommit(sha: string, content: Uint8Array): Commit {
  const text = Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString("utf8");
  const headEnd = text.indexOf("\n\n");
  const head = (headEnd < 0 ? text : text.slice(0, headEnd)).split("\n");
  const tree = headerOf(head, "tree");
  if (tree === undefined) throw new RangeError("a commit object names no tree");
  const message = headEnd < 0 ? "" : text.slice(headEnd + 2).trimStart();
  return {
    sha,
    tree,
    parents: head.filter((line) => line.startsWith("parent ")).map((line) => line.slice("parent ".length)),
    subject: message.split("\n", 1)[0]?.trim() ?? "",
    author: (headerOf(head, "author") ?? "").replace(/ *<.*$/, ""),
  };
}

/** Id of the object that an annotated tag names, which may be another tag. */
export function parseTagTarget(content: Uint8Array): string | undefined {
  const head = Buffer.from(content).toString("latin1", 0, 64);
  return /^object ([0-9a-f]{40})\n/.exec(head)?.[1];
}

function headerOf(head: readonly string[], name: string): string | undefined {
  return head.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1);
}
