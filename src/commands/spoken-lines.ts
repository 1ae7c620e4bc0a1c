/** A line that its author says, not one that is quoted, shown as code, or hidden. */
export interface SpokenLine {
  readonly text: string;
  /** From 1. */
  readonly number: number;
}

/** Where the reader of the lines is. */
interface Place {
  readonly fence: { readonly mark: string; readonly length: number } | undefined;
  /** What ends the HTML that hides or shows verbatim what is in it. */
  readonly html: RegExp | undefined;
  /** In a quotation: its paragraph goes on until a blank line, also without `>`. */
  readonly isQuoted: boolean;
  /** Backticks of a code span that the paragraph has open. */
  readonly codeTicks: number;
}

const OUTSIDE: Place = { fence: undefined, html: undefined, isQuoted: false, codeTicks: 0 };

/**
 * The lines of a Markdown comment that may be commands. Left out: quotations with their lazy continuation, fenced and
 * indented code, code spans over several lines, HTML comments and verbatim HTML, and everything from where an e-mail
 * program quotes what it answers (T040). In doubt a line is left out.
 */
export function spokenLines(markdown: string): readonly SpokenLine[] {
  const lines = markdown.split(/\r\n|\n|\r/);
  const spoken: SpokenLine[] = [];
  let place = OUTSIDE;
  for (const [index, line] of lines.entries()) {
    if (place.fence === undefined && place.html === undefined && startsReply(line, lines[index + 1])) break;
    const step = read(line, place);
    if (step.isSpoken) spoken.push({ text: line, number: index + 1 });
    place = step.place;
  }
  return spoken;
}

interface Step {
  readonly isSpoken: boolean;
  readonly place: Place;
}

function read(line: string, place: Place): Step {
  if (place.fence !== undefined) {
    return { isSpoken: false, place: closesFence(line, place.fence) ? OUTSIDE : place };
  }
  if (place.html !== undefined) return { isSpoken: false, place: place.html.test(line) ? OUTSIDE : place };
  if (line.trim() === "") return { isSpoken: false, place: OUTSIDE };
  const fence = /^ {0,3}(`{3,}|~{3,})([^`]*)$/.exec(line)?.[1];
  if (fence !== undefined) {
    return { isSpoken: false, place: { ...OUTSIDE, fence: { mark: fence.charAt(0), length: fence.length } } };
  }
  const html = openedHtml(line);
  if (html.isTouched) return { isSpoken: false, place: { ...OUTSIDE, html: html.end } };
  if (/^ {0,3}>/.test(line)) return { isSpoken: false, place: { ...OUTSIDE, isQuoted: true } };
  if (/^(?: {4}|\t| {1,3}\t)/.test(line)) return { isSpoken: false, place };
  const codeTicks = openTicks(line, place.codeTicks);
  return { isSpoken: !place.isQuoted && place.codeTicks === 0, place: { ...place, codeTicks } };
}

function closesFence(
  line: string,
  { mark, length }: { readonly mark: string; readonly length: number },
): boolean {
  const closing = /^ {0,3}(`{3,}|~{3,})[ \t]*$/.exec(line)?.[1] ?? "";
  return closing.startsWith(mark) && closing.length >= length;
}

const HTML_BLOCKS: readonly { readonly start: RegExp; readonly end: RegExp }[] = [
  { start: /<!--/, end: /-->/ },
  {
    start: /<(?:pre|script|style|textarea|code)(?:[\s>]|$)/i,
    end: /<\/(?:pre|script|style|textarea|code)>/i,
  },
];

/** A line with anything hidden in it is not spoken at all: what people see of it is not what it says. */
function openedHtml(line: string): { readonly isTouched: boolean; readonly end: RegExp | undefined } {
  for (const { start, end } of HTML_BLOCKS) {
    const found = start.exec(line);
    if (found === null) continue;
    const rest = line.slice(found.index + found[0].length);
    return { isTouched: true, end: end.test(rest) ? undefined : end };
  }
  return { isTouched: false, end: undefined };
}

/** Backticks of the code span that is open after the line; 0 for none. */
function openTicks(line: string, open: number): number {
  let ticks = open;
  for (const [run] of line.matchAll(/`+/g)) {
    if (ticks === 0) ticks = run.length;
    else if (ticks === run.length) ticks = 0;
  }
  return ticks;
}

/** How mail programs begin what they answer to; some break the line before "wrote:". */
function startsReply(line: string, next: string | undefined): boolean {
  if (/^-{2,} ?(?:original message|forwarded message|ursprüngliche nachricht)/i.test(line.trim()))
    return true;
  if (!/^On .{1,300}$/.test(line.trim())) return false;
  return /\bwrote:$/.test(line.trim()) || /^[^\n]{0,200}\bwrote:$/.test((next ?? "").trim());
}
