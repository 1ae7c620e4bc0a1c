/** Names of a path, without those that lead nowhere. */
export function partsOf(path: string): readonly string[] {
  return path.split("/").filter((part) => part !== "" && part !== ".");
}

/** Whether a link's target, met `depth` directories below the root, climbs above it at any point. */
export function climbsOut(target: string, depth: number): boolean {
  let level = depth;
  for (const part of partsOf(target)) {
    level += part === ".." ? -1 : 1;
    if (level < 0) return true;
  }
  return false;
}

/** UTF-8 to text. Shared memory, which objects are kept in, is not decoded directly everywhere. */
export function decode(content: Uint8Array): string {
  return new TextDecoder().decode(content.slice());
}
