import type { ApplicationFacts } from "./application-facts.ts";
import { type Budget, type Ledger, share } from "./budget.ts";
import { fillBlock, type ObjectBlock } from "./object-block.ts";
import type { Render } from "./templates.ts";
import { count } from "./words.ts";

/** A list of blocks as far as it is shown. */
export interface Shelf {
  readonly blocks: readonly ObjectBlock[];
  readonly shown: Map<number, string>;
  /** How many of the shown ones are not complete. */
  cut: number;
}

/** One Application's fold while it is being filled. */
export interface Fold {
  readonly facts: ApplicationFacts;
  readonly effect: Shelf;
  readonly drift: Shelf;
  readonly lines: string[];
}

/** Every Application gets its fold before any gets its objects. */
export function takeFolds(
  render: Render,
  facts: readonly ApplicationFacts[],
  ledger: Ledger,
): readonly Fold[] {
  const folds: Fold[] = [];
  for (const one of facts) {
    const fold: Fold = {
      facts: one,
      effect: shelf(one.blocks),
      drift: shelf(one.drift?.blocks ?? []),
      lines: [],
    };
    if (!ledger.take(renderFold(render, fold), 2)) return folds;
    folds.push(fold);
  }
  return folds;
}

function shelf(blocks: readonly ObjectBlock[]): Shelf {
  return { blocks, shown: new Map(), cut: 0 };
}

/** The fold as it is filled so far. */
export function renderFold(render: Render, { facts, effect, drift, lines }: Fold): string {
  const { dryRun } = facts;
  return render("application", {
    isOpen: facts.isOnly,
    name: facts.nameHtml,
    changes: facts.changes,
    notes: facts.notes,
    ...shelfView(effect),
    drift: facts.drift && { sentence: facts.drift.sentence, ...shelfView(drift) },
    dryRun: dryRun && {
      sentence: dryRun.sentence,
      lines,
      omitted:
        lines.length < dryRun.lines.length ? `${count(dryRun.lines.length - lines.length, "line")} more` : "",
    },
  });
}

function shelfView({ blocks, shown }: Shelf): {
  readonly blocks: readonly string[];
  readonly omitted: string;
} {
  const missing = blocks.length - shown.size;
  return {
    blocks: [...shown].sort(([a], [b]) => a - b).map(([, markdown]) => markdown),
    omitted: missing === 0 ? "" : `${count(missing, "object")} more`,
  };
}

/** After so many that did not fit in a row, the next will not either. */
const MISSES_MAX = 30;

/** Whole objects first, in turn through the Applications, none of them taking most of the room; then part of one. */
export function fillShelves(render: Render, shelves: readonly Shelf[], ledger: Ledger): void {
  const limit = share(ledger.left, 0.5);
  const missed: { readonly shelf: Shelf; readonly index: number }[] = [];
  for (const place of inTurn(shelves)) {
    if (missed.length > MISSES_MAX) break;
    const budget = smaller(ledger.left, limit);
    const filled = fillBlock(place.block, render, { budget });
    if (filled === undefined || filled.nextLine !== undefined || !ledger.take(filled.markdown, 2))
      missed.push(place);
    else place.shelf.shown.set(place.index, filled.markdown);
  }
  for (const { shelf: target, index } of missed) {
    const block = target.blocks[index];
    const filled = block && fillBlock(block, render, { budget: ledger.left });
    if (filled === undefined || !ledger.take(filled.markdown, 2)) continue;
    target.shown.set(index, filled.markdown);
    if (filled.nextLine !== undefined) target.cut += 1;
  }
}

interface Place {
  readonly shelf: Shelf;
  readonly index: number;
  readonly block: ObjectBlock;
}

function* inTurn(shelves: readonly Shelf[]): Generator<Place> {
  const longest = shelves.reduce((most, { blocks }) => Math.max(most, blocks.length), 0);
  for (let index = 0; index < longest; index += 1) {
    for (const one of shelves) {
      const block = one.blocks[index];
      if (block !== undefined) yield { shelf: one, index, block };
    }
  }
}

function smaller(a: Budget, b: Budget): Budget {
  return { chars: Math.min(a.chars, b.chars), bytes: Math.min(a.bytes, b.bytes) };
}

/** The lines of what a sync would do, as far as they fit. */
export function fillLines({ facts, lines }: Fold, ledger: Ledger): void {
  for (const line of facts.dryRun?.lines ?? []) {
    if (!ledger.take(line, 3)) return;
    lines.push(line);
  }
}

/** Objects that are shown from their first line to their last. */
export function countComplete(folds: readonly Fold[]): number {
  return folds.reduce((sum, { effect }) => sum + effect.shown.size - effect.cut, 0);
}
