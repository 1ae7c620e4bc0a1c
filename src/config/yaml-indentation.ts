import { type Event, parseEvents, YAMLException } from "js-yaml";

/** The events of a text, and the text that their offsets count in: the given one with lines moved to the right. */
export interface ParsedYaml {
  readonly events: readonly Event[];
  readonly text: string;
}

/** What is left of the work that one reading may spend on texts that are not indented as they should be. */
export interface IndentationBudget {
  lines: number;
  characters: number;
}

/** Lines that are moved, and UTF-16 units that are parsed again: a parse for each line, of all that stands before it. */
export const INDENTATION_BUDGET: Readonly<IndentationBudget> = { lines: 500, characters: 16 * 1024 * 1024 };
/** Deeper than anything is indented. */
const INDENT_MAX = 256;

/**
 * Parses as Go's reader does, which does not ask that the further lines of a quoted text or of a `[…]` or `{…}` be
 * indented deeper than the key they belong to. YAML says they must, and the parser holds to it; but spaces at the
 * beginning of such a line mean nothing, so that it is moved to the right and read again.
 * @throws YAMLException what is wrong with the text besides, or this where the budget is spent
 */
export function parseLooselyIndented(text: string, maxDepth: number, budget: IndentationBudget): ParsedYaml {
  let moved = text;
  for (;;) {
    try {
      return { events: parseEvents(moved, { maxDepth }), text: moved };
    } catch (error) {
      const next = moveLine(moved, error);
      budget.lines -= 1;
      budget.characters -= moved.length;
      if (next === undefined || budget.lines < 0 || budget.characters < 0) throw error;
      moved = next;
    }
  }
}

/** The text with the line that is not indented enough moved to the right; undefined where that is not what is wrong. */
function moveLine(text: string, error: unknown): string | undefined {
  if (!(error instanceof YAMLException) || error.reason !== "deficient indentation") return undefined;
  const position = error.mark?.position;
  if (position === undefined) return undefined;
  const start = Math.max(text.lastIndexOf("\n", position - 1), text.lastIndexOf("\r", position - 1)) + 1;
  const isIndented = text.startsWith(" ".repeat(INDENT_MAX), start);
  return isIndented ? undefined : text.slice(0, start) + " ".repeat(INDENT_MAX) + text.slice(start);
}
