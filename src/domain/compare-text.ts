/** Byte order, not locale order: results must not differ between a laptop and the server. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
