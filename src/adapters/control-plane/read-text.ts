import { open } from "node:fs/promises";

/** Larger than the YAML reader takes anyway; a file of definitions is some kilobytes. */
const FILE_BYTES_MAX = 16 * 1024 * 1024;

export type TextResult =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "unreadable"; readonly problem: string };

/** A file's text, or in words why it cannot be had. A file that changes while it is read is unreadable for now. */
export async function readText(path: string): Promise<TextResult> {
  try {
    const handle = await open(path, "r");
    try {
      const before = await handle.stat();
      if (!before.isFile()) return unreadable("it is not a regular file");
      if (before.size > FILE_BYTES_MAX) return unreadable(`it is larger than ${FILE_BYTES_MAX} bytes`);
      const bytes = await handle.readFile();
      const after = await handle.stat();
      if (after.size !== before.size || after.mtimeMs !== before.mtimeMs) {
        return unreadable("it changed while it was read");
      }
      return { kind: "text", text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
    } finally {
      await handle.close();
    }
  } catch (error) {
    return unreadable(describe(error));
  }
}

/** What went wrong with a file or folder, without its absolute path. */
export function describe(error: unknown): string {
  if (error instanceof TypeError) return "it is not UTF-8 text";
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const known: Readonly<Record<string, string>> = {
    EACCES: "it may not be read by this process (EACCES)",
    EPERM: "it may not be read by this process (EPERM)",
    ENOENT: "it does not exist (ENOENT)",
    EISDIR: "it is a folder (EISDIR)",
    ENOTDIR: "it is not a folder (ENOTDIR)",
    EIO: "its file system fails (EIO)",
    ESTALE: "its file system is gone (ESTALE)",
  };
  if (code === "") return error instanceof Error ? error.message : "reading it failed";
  return known[code] ?? `reading it failed (${code})`;
}

function unreadable(problem: string): TextResult {
  return { kind: "unreadable", problem };
}
