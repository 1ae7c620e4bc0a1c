/** Mistypings further away than this are other words. */
const EDITS_MAX = 2;

/** The known word that a mistyped one most likely meant, or `""`. Case counts as half a mistake, so it decides ties. */
export function nearestWord(word: string, known: readonly string[]): string {
  let best = "";
  let bestDistance = EDITS_MAX + 1;
  for (const candidate of known) {
    const isSameButForCase = candidate.toLowerCase() === word.toLowerCase();
    const distance = isSameButForCase ? 0.5 : editDistance(word, candidate);
    if (distance < bestDistance && distance <= candidate.length / 2) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Insertions, deletions and replacements that make one word the other; more than allowed counts as infinite. */
function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > EDITS_MAX) return Number.POSITIVE_INFINITY;
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [row, letter] of [...a].entries()) {
    const current = [row + 1];
    for (const [column, other] of [...b].entries()) {
      const replaced = (previous[column] ?? 0) + (letter === other ? 0 : 1);
      current.push(Math.min(replaced, (previous[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
