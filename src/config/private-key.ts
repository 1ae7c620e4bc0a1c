/** What the file system knows of a path; the caller asks it, so that this layer needs none. */
export type FileLookup = (
  path: string,
) => { readonly kind: "file"; readonly mode: number; readonly text: string } | { readonly kind: "missing" };

export type PrivateKeyResult = { readonly pem: string } | { readonly problem: string };

/** Bits of a file's mode that let people outside owner and group read or write it. */
const OTHERS = 0o006;

/** The App's key from one of its two variables, in the forms that Probot takes; or what is wrong, without the key. */
export function checkPrivateKey(
  { text, path }: { readonly text: string | undefined; readonly path: string | undefined },
  lookUpFile: FileLookup,
): PrivateKeyResult {
  if (text !== undefined && path !== undefined) {
    return { problem: "`PRIVATE_KEY` and `PRIVATE_KEY_PATH` are both set: one of them must go" };
  }
  if (text !== undefined) return fromText("PRIVATE_KEY", text);
  if (path === undefined) return { problem: "`PRIVATE_KEY` or `PRIVATE_KEY_PATH` is missing" };
  const file = lookUpFile(path);
  if (file.kind === "missing") return { problem: "`PRIVATE_KEY_PATH` names no file that can be read" };
  if ((file.mode & OTHERS) !== 0) {
    return { problem: "`PRIVATE_KEY_PATH` names a file that everybody may read: `chmod o= FILE`" };
  }
  return fromText("PRIVATE_KEY_PATH", file.text);
}

function fromText(name: string, text: string): PrivateKeyResult {
  const pem = pemIn(text.trim());
  return pem === undefined ? { problem: `\`${name}\` is not a private key in PEM` } : { pem };
}

/** A container's `--env-file` keeps the quotes that `plumbline setup` writes around the key. */
function pemIn(quoted: string): string | undefined {
  const text = /^"([^"]*)"$/.exec(quoted)?.[1]?.trim() ?? quoted;
  const unescaped = text.replaceAll("\\n", "\n").trim();
  if (isPem(unescaped)) return unescaped;
  if (!/^[A-Za-z0-9+/\s]+=*$/.test(text)) return undefined;
  try {
    const decoded = atob(text.replace(/\s/g, ""));
    return isPem(decoded) ? decoded : undefined;
  } catch {
    return undefined;
  }
}

function isPem(text: string): boolean {
  return /^-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]+-----END [A-Z ]*PRIVATE KEY-----$/.test(text.trim());
}
