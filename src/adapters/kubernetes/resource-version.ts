/**
 * Whether one resourceVersion is later than another. Kubernetes promises that they are decimal numbers that grow
 * (KEP-5504); versions of servers that do otherwise cannot be compared, and the one that came last counts as later.
 */
export function isLater(version: string, than: string): boolean {
  if (!isNumber(version) || !isNumber(than)) return version !== than;
  return version.length === than.length ? version > than : version.length > than.length;
}

function isNumber(version: string): boolean {
  return /^(0|[1-9]\d*)$/.test(version);
}
