export interface TextHunk {
  /** 1-based. */
  readonly beforeStart: number;
  readonly afterStart: number;
  /** Each starts with ` `, `-` or `+`. */
  readonly lines: readonly string[];
}

/** Unchanged lines around a change. */
const CONTEXT_LINES = 3;
/** Edits that are searched for before the rest counts as replaced: the search costs their square. */
const EDITS_MAX = 1_000;

/** A run of lines: `before` lines at `beforeStart` became `after` lines at `afterStart` (0-based). */
interface Block {
  readonly beforeStart: number;
  readonly beforeEnd: number;
  readonly afterStart: number;
  readonly afterEnd: number;
}

/**
 * The lines that differ between two texts, with context. A shortest edit where it is short (Myers, "An O(ND) Difference
 * Algorithm and Its Variations", 1986); time and memory stay bounded for any input, at the price of showing more lines
 * as replaced than necessary.
 *
 * @returns nothing for equal texts. A last line without an end is followed by `\ No newline at end of file`.
 */
export function diffText(before: string, after: string): readonly TextHunk[] {
  if (before === after) return [];
  const a = splitLines(before);
  const b = splitLines(after);
  return toHunks(changedBlocks(a, b), a, b);
}

/** Pairs of indices whose items are equal, in order: a longest common subsequence where that is cheap to find. */
export function commonItems(
  before: readonly string[],
  after: readonly string[],
): readonly (readonly [number, number])[] {
  const pairs: (readonly [number, number])[] = [];
  let [from, to] = [0, 0];
  for (const block of [...changedBlocks(before, after), endOf(before, after)]) {
    for (; from < block.beforeStart; from++, to++) pairs.push([from, to]);
    from = block.beforeEnd;
    to = block.afterEnd;
  }
  return pairs;
}

function endOf(before: readonly string[], after: readonly string[]): Block {
  const [beforeStart, afterStart] = [before.length, after.length];
  return { beforeStart, beforeEnd: beforeStart, afterStart, afterEnd: afterStart };
}

const NO_NEWLINE = "\\ No newline at end of file";

/** The marker is part of the last line, so that a newline added or lost is a change of that line. */
function splitLines(text: string): readonly string[] {
  if (text === "") return [];
  const lines = text.split("\n");
  const last = lines.pop() ?? "";
  return last === "" ? lines : [...lines, `${last}\n${NO_NEWLINE}`];
}

function changedBlocks(a: readonly string[], b: readonly string[]): readonly Block[] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let [aEnd, bEnd] = [a.length, b.length];
  while (aEnd > start && bEnd > start && a[aEnd - 1] === b[bEnd - 1]) {
    aEnd--;
    bEnd--;
  }
  const kept = matchMiddle(a.slice(start, aEnd), b.slice(start, bEnd));
  const blocks: Block[] = [];
  let [from, to] = [0, 0];
  for (const [x, y] of [...kept, [aEnd - start, bEnd - start] as const]) {
    if (x > from || y > to) {
      blocks.push({
        beforeStart: start + from,
        beforeEnd: start + x,
        afterStart: start + to,
        afterEnd: start + y,
      });
    }
    from = x + 1;
    to = y + 1;
  }
  return blocks;
}

/**
 * Lines that one side lacks altogether have certainly changed: without them the search has less to try, and two texts
 * with nothing in common cost next to nothing.
 */
function matchMiddle(a: readonly string[], b: readonly string[]): readonly (readonly [number, number])[] {
  const ids = new Map<string, number>();
  const inBefore = new Set(a);
  const inAfter = new Set(b);
  const shared = (lines: readonly string[], other: ReadonlySet<string>): Shared => {
    const at: number[] = [];
    const id: number[] = [];
    lines.forEach((line, index) => {
      if (!other.has(line)) return;
      const known = ids.get(line) ?? ids.size;
      ids.set(line, known);
      at.push(index);
      id.push(known);
    });
    return { at, id };
  };
  const left = shared(a, inAfter);
  const right = shared(b, inBefore);
  return shortestEdit(left.id, right.id).map(([x, y]) => [left.at[x] ?? 0, right.at[y] ?? 0]);
}

interface Shared {
  /** Where each shared line stands. */
  readonly at: readonly number[];
  readonly id: readonly number[];
}

/**
 * Myers' greedy search. `reach[k]` is how far along `a` one comes on diagonal k (x - y) with d edits; each round's
 * state is kept to walk back. Given up after {@link EDITS_MAX} rounds: what was matched on the furthest path stays.
 */
function shortestEdit(a: readonly number[], b: readonly number[]): readonly (readonly [number, number])[] {
  const rounds: Int32Array[] = [];
  const roundsMax = Math.min(EDITS_MAX, a.length + b.length);
  let reach = new Int32Array(3);
  for (let d = 0; d <= roundsMax; d++) {
    const next = new Int32Array(2 * d + 3);
    for (let k = -d; k <= d; k += 2) {
      const x = advance(a, b, { x: startOf(reach, d, k), k });
      next[k + d + 1] = x;
      if (x >= a.length && x - k >= b.length) return walkBack([...rounds, next], { x, k });
    }
    rounds.push(next);
    reach = next;
  }
  return walkBack(rounds, furthest(rounds.at(-1) ?? reach, rounds.length - 1));
}

/** Where round d starts on diagonal k: one step down from k + 1, or right from k - 1, whichever got further. */
function startOf(reach: Int32Array, d: number, k: number): number {
  if (d === 0) return 0;
  const below = reach[k + d - 1] ?? 0;
  const above = reach[k + d + 1] ?? 0;
  const isDown = k === -d || (k !== d && below < above);
  return isDown ? above : below + 1;
}

function advance(a: readonly number[], b: readonly number[], { x, k }: Place): number {
  let end = x;
  while (end < a.length && end - k < b.length && end - k >= 0 && a[end] === b[end - k]) end++;
  return end;
}

interface Place {
  readonly x: number;
  readonly k: number;
}

function furthest(reach: Int32Array, d: number): Place {
  let best: Place = { x: 0, k: 0 };
  let score = -1;
  for (let k = -d; k <= d; k += 2) {
    const x = reach[k + d + 1] ?? 0;
    if (2 * x - k > score) {
      score = 2 * x - k;
      best = { x, k };
    }
  }
  return best;
}

function walkBack(rounds: readonly Int32Array[], end: Place): readonly (readonly [number, number])[] {
  const pairs: (readonly [number, number])[] = [];
  let { x, k } = end;
  for (let d = rounds.length - 1; d >= 0; d--) {
    const reach = d === 0 ? new Int32Array(3) : (rounds[d - 1] ?? new Int32Array(3));
    const start = startOf(reach, d, k);
    while (x > start) {
      x--;
      pairs.push([x, x - k]);
    }
    if (d === 0) break;
    const isDown = k === -d || (k !== d && (reach[k + d - 1] ?? 0) < (reach[k + d + 1] ?? 0));
    k += isDown ? 1 : -1;
    x = isDown ? start : start - 1;
  }
  return pairs.reverse();
}

function toHunks(blocks: readonly Block[], a: readonly string[], b: readonly string[]): readonly TextHunk[] {
  const hunks: TextHunk[] = [];
  for (let first = 0; first < blocks.length; ) {
    let last = first;
    while (isNear(blocks[last], blocks[last + 1])) last++;
    hunks.push(toHunk(blocks.slice(first, last + 1), a, b));
    first = last + 1;
  }
  return hunks;
}

/** Whether their contexts touch. */
function isNear(one: Block | undefined, next: Block | undefined): boolean {
  return one !== undefined && next !== undefined && next.beforeStart - one.beforeEnd <= 2 * CONTEXT_LINES;
}

function toHunk(blocks: readonly Block[], a: readonly string[], b: readonly string[]): TextHunk {
  const firstBlock = blocks[0] ?? endOf(a, b);
  const lead = Math.min(CONTEXT_LINES, firstBlock.beforeStart, firstBlock.afterStart);
  const lines: string[] = [];
  let at = firstBlock.beforeStart - lead;
  for (const { beforeStart, beforeEnd, afterStart, afterEnd } of blocks) {
    append(lines, " ", a.slice(at, beforeStart));
    append(lines, "-", a.slice(beforeStart, beforeEnd));
    append(lines, "+", b.slice(afterStart, afterEnd));
    at = beforeEnd;
  }
  append(lines, " ", a.slice(at, at + CONTEXT_LINES));
  return {
    beforeStart: firstBlock.beforeStart - lead + 1,
    afterStart: firstBlock.afterStart - lead + 1,
    lines,
  };
}

function append(hunk: string[], sign: " " | "-" | "+", lines: readonly string[]): void {
  for (const line of lines) {
    const [text = "", ...marker] = line.split("\n");
    hunk.push(`${sign}${text}`, ...marker);
  }
}
