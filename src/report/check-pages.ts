import { type Budget, createLedger, fits, type Ledger } from "./budget.ts";
import { fillBlock, type ObjectBlock } from "./object-block.ts";
import type { Render } from "./templates.ts";

/** A piece of a long report: text that is shown whole or not at all, or an object that may be continued on a page. */
export type Piece =
  | { readonly kind: "text"; readonly markdown: string }
  | {
      readonly kind: "object";
      readonly block: ObjectBlock;
      /** Whether leaving it out is told by a number. */
      readonly isCounted: boolean;
    };

export interface FilledPages {
  /** One a budget, each balanced Markdown. */
  readonly pages: readonly string[];
  readonly objectsOmitted: number;
  /** Something else than a counted object did not fit. */
  readonly isCut: boolean;
}

/** Lays pieces onto pages in their order, an object too long for a page going on where the next one begins. */
export function fillPages(pieces: Iterable<Piece>, render: Render, budgets: readonly Budget[]): FilledPages {
  const ledgers = budgets.map(createLedger);
  const pages: string[][] = budgets.map(() => []);
  let [page, objectsOmitted, isCut] = [0, 0, false];

  const add = (markdown: string): boolean => {
    const hasRoom = ledgers[page]?.take(markdown, 2) === true;
    if (hasRoom) pages[page]?.push(markdown);
    return hasRoom;
  };
  const addText = (markdown: string): boolean => {
    for (; page < ledgers.length; page += 1) if (add(markdown)) return true;
    page = ledgers.length - 1;
    return false;
  };
  const addObject = (block: ObjectBlock): boolean => {
    for (let from = 0; page < ledgers.length; page += 1) {
      const budget = roomFor({ block, from, render }, ledgers.slice(page));
      const filled = budget && fillBlock(block, render, { from, budget });
      if (filled === undefined || !add(filled.markdown)) continue;
      if (filled.nextLine === undefined) return true;
      from = filled.nextLine;
    }
    page = ledgers.length - 1;
    return false;
  };

  // Once an object did not fit on the last page, the rest is only counted: no work for what nobody will see.
  let isFull = false;
  for (const piece of pieces) {
    if (piece.kind === "text") {
      if (isFull || !addText(piece.markdown)) isCut = true;
    } else if (isFull || !addObject(piece.block)) {
      isFull = true;
      if (piece.isCounted) objectsOmitted += 1;
      else isCut = true;
    }
  }
  return { pages: pages.map((parts) => parts.join("\n\n")), objectsOmitted, isCut };
}

/** The rest of this page, unless the object fits whole on the next one and not on this. */
function roomFor(
  { block, from, render }: { readonly block: ObjectBlock; readonly from: number; readonly render: Render },
  [current, next]: readonly Ledger[],
): Budget | undefined {
  if (current === undefined) return undefined;
  const { chars, bytes } = current.left;
  const here = { chars: chars - 2, bytes: bytes - 2 };
  if (next === undefined) return here;
  const filled = fillBlock(block, render, { from, budget: here });
  if (filled !== undefined && filled.nextLine === undefined && fits(filled.markdown, here)) return here;
  const there = fillBlock(block, render, { from, budget: next.left });
  const fitsThere = there !== undefined && there.nextLine === undefined;
  return fitsThere ? undefined : here;
}
