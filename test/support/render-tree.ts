import { createHash } from "node:crypto";
import { createObjectStore, type ObjectStore, type StoredObject } from "../../src/renderer/object-store.ts";
import { createGitObjects, type Files } from "./git-objects.ts";

/** A store that has everything a tree is made of, for the repository `r`. */
export function storeOf(files: Files): { readonly store: ObjectStore; readonly tree: string } {
  const added: StoredObject[] = [];
  const objects = createGitObjects((kind, content) => {
    const oid = createHash("sha1").update(`${kind} ${content.length}\0`).update(content).digest("hex");
    if (kind === "blob" || kind === "tree") added.push({ repository: "r", oid, kind, content });
  });
  const tree = objects.addFiles(files);
  const store = createObjectStore(() => undefined);
  store.add(added);
  return { store, tree };
}
