/** What Git's trees hold; `submodule` is a commit of another repository, of which this one has nothing. */
export type TreeEntryKind = "file" | "directory" | "link" | "submodule";

export interface TreeEntry {
  readonly name: string;
  readonly kind: TreeEntryKind;
  /** Object id, 40 hex digits. */
  readonly oid: string;
}

/** A full object id (SHA-1, as GitHub has them), lower case. */
export const OBJECT_ID = /^[0-9a-f]{40}$/;

const NAME_BYTES_MAX = 255;

/**
 * Why a tree's entry must not be used under its name, or `undefined` where nothing is wrong with it. Git refuses to make
 * such entries, yet a tree object can hold them, and they have led out of work trees and into `.git` before (T066).
 */
export function treeNameProblem(name: string): string | undefined {
  if (name === "") return "it has no name";
  if (name === "." || name === "..") return "its name is a way up or nowhere";
  if (name.includes("/") || name.includes("\\")) return "its name has a slash in it";
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(name)) return "its name has a control character in it";
  if (name.includes("\ufffd")) return "its name is not UTF-8";
  if (isGitFolder(name)) return "its name stands for Git's own folder";
  if (name.length > NAME_BYTES_MAX || new TextEncoder().encode(name).length > NAME_BYTES_MAX) {
    return `its name is longer than ${NAME_BYTES_MAX} bytes`;
  }
  return undefined;
}

/** `.git`, and what file systems of Windows and macOS take for it: case, 8.3 names, trailing dots, ignored characters. */
function isGitFolder(name: string): boolean {
  const plain = name
    .normalize("NFKC")
    .replace(/[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g, "")
    .toLowerCase();
  return /^(\.git|git~[0-9]+)[ .]*(:.*)?$/.test(plain);
}
