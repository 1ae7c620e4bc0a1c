import type { RemoteRefs } from "../../ports/git.ts";

const PEELED = "^{}";

/**
 * Reads what `git ls-remote --symref` and `git show-ref --dereference` print. Annotated tags stand for the commit they
 * name; `HEAD` is listed under that name, so that a detached one is known, too.
 */
export function parseRefs(text: string): RemoteRefs {
  const refs = new Map<string, string>();
  let head = "";
  for (const line of text.split("\n")) {
    const [first = "", name = ""] = line.split(/[\t ](?=[^\t ]*$)/);
    if (first.startsWith("ref: ")) {
      if (name === "HEAD") head = first.slice("ref: ".length);
      continue;
    }
    if (!/^[0-9a-f]{40}$/.test(first)) continue;
    const isPeeled = name.endsWith(PEELED);
    refs.set(isPeeled ? name.slice(0, -PEELED.length) : name, first);
  }
  return { refs, head };
}

/** Whether a text may be the full name of a ref: Git's own rules for names (`git help check-ref-format`). */
export function isFullRefName(name: string): boolean {
  return (
    name.startsWith("refs/") &&
    !/[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|\.lock(\/|$)|\/\.|\.$|\/$/.test(name)
  );
}
