/** How a path is told to people: as it is in the source's own repository, `$name/…` in another. */
export function showPath(mountName: string, path: string): string {
  const shown = path === "" ? "." : path;
  return mountName === "" ? shown : `$${mountName}/${shown}`;
}
