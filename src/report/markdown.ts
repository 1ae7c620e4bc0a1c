import type { Problem } from "../domain/problem.ts";

/** Characters that cannot be seen, or that change how others are seen: never let through as they are. */
const INVISIBLE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|\p{Surrogate}/gu;
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
]);
/** Breaks up what GitHub would turn into a mention, a reference or a link after Markdown was read. */
const ZERO_WIDTH_SPACE = "\u200b";

/** Text on one line in which nothing is hidden: control, bidirectional and zero-width characters are spelled out. */
export function visible(text: string): string {
  return text.replaceAll(INVISIBLE, spellOut);
}

/** The same for a line of a code block, where tabs are themselves. */
export function visibleLine(line: string): string {
  return line.replaceAll(INVISIBLE, (character) => (character === "\t" ? character : spellOut(character)));
}

function spellOut(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return ESCAPES.get(character) ?? (code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, "0")}`);
}

/**
 * A code span that shows exactly `text`, whatever it holds.
 *
 * @see https://spec.commonmark.org/0.31.2/#code-spans - the rule for backticks and padding.
 */
export function codeSpan(text: string): string {
  const shown = visible(text);
  if (shown.trim() === "") return "`(blank)`";
  const fence = "`".repeat(longestBacktickRun(shown) + 1);
  const isPadded = /^[ `]|[ `]$/.test(shown);
  return isPadded ? `${fence} ${shown} ${fence}` : `${fence}${shown}${fence}`;
}

/** The same as HTML, for table cells (where a pipe ends a code span) and for the heads of folds (which are HTML). */
export function htmlCode(text: string): string {
  if (visible(text).trim() === "") return "<code>(blank)</code>";
  const shown = visible(text).replaceAll(/[^A-Za-z0-9 /.\-\u0080-\u{10ffff}]/gu, toEntity);
  return `<code>${shown.replaceAll(/www\./gi, (www) => `${www.slice(0, 3)}&#46;`)}</code>`;
}

/** Code in a table cell: readable source where it can be, HTML where a code span would break the cell. */
export function cellCode(text: string): string {
  return /[|\\`]/.test(text) ? htmlCode(text) : codeSpan(text);
}

/**
 * Prose with code in backticks, on one line. The code stays code; everything else is inert: no markup, no HTML, no
 * mention, reference or link.
 */
export function prose(text: string): string {
  const line = visible(text.replaceAll(/\s*[\r\n]+\s*/g, " ").trim());
  const parts = line.split(/(`[^`]+`)/);
  const inert = parts.map((part, index) => (index % 2 === 1 ? part : escapeProse(part))).join("");
  return inert.replace(/^([-+#>=:]|[0-9]{1,9}(?=[.)]))/, escapeStart);
}

/** Prose in a table cell. */
export function cellProse(text: string): string {
  const escaped = prose(text).replaceAll(/(\\*)\|/g, (found) =>
    found.length % 2 === 0 ? found : `\\${found}`,
  );
  return escaped.replaceAll(/`[^`]*`/g, (span) => (/[|\\]/.test(span) ? htmlCode(span.slice(1, -1)) : span));
}

/**
 * What the catalogue says a user should do: paragraphs, list items and fenced blocks stay, their contents are inert.
 *
 * @param charsMax - whole lines off the end are dropped beyond this.
 */
export function remedyMarkdown({ remedy }: Pick<Problem, "remedy">, charsMax: number): string {
  const result: string[] = [];
  let chars = 0;
  for (const block of blocksOf(remedy)) {
    const markdown = block.isCode ? fenced(block.lines, "").join("\n") : proseLine(block.lines[0] ?? "");
    chars += markdown.length + 1;
    if (chars > charsMax) return [...result, "…"].join("\n");
    result.push(markdown);
  }
  return result.join("\n");
}

/** A fenced block, safe for lines that hold fences themselves. Lines must not hold line ends. */
export function fenced(lines: readonly string[], language: string): readonly string[] {
  const fence = "`".repeat(Math.max(3, longestBacktickRun(lines.join("\n")) + 1));
  return [`${fence}${language}`, ...lines, fence];
}

export function longestBacktickRun(text: string): number {
  let longest = 0;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  return longest;
}

/** At most so many UTF-16 code units, never half of a surrogate pair; what is cut off is told by an ellipsis. */
export function clip(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  const end = Math.max(0, charsMax - 1);
  const isSplit = /[\ud800-\udbff]/.test(text.charAt(end - 1));
  return `${text.slice(0, isSplit ? end - 1 : end)}…`.slice(0, charsMax);
}

/** Plain text on one line: for titles and statuses, which GitHub shows as they are. */
export function plainText(text: string): string {
  return visible(
    text
      .replaceAll(/\s*[\r\n]+\s*/g, " ")
      .replaceAll("`", "")
      .trim(),
  );
}

interface RemedyBlock {
  readonly isCode: boolean;
  readonly lines: readonly string[];
}

function* blocksOf(remedy: string): Generator<RemedyBlock> {
  let code: string[] | undefined;
  for (const line of remedy.split(/\r?\n/)) {
    const isFence = /^ {0,3}```/.test(line);
    if (isFence && code !== undefined) {
      yield { isCode: true, lines: code };
      code = undefined;
    } else if (isFence) code = [];
    else if (code !== undefined) code.push(visibleLine(line));
    else yield { isCode: false, lines: [line] };
  }
  if (code !== undefined) yield { isCode: true, lines: code };
}

function proseLine(line: string): string {
  const item = /^\s*[-*] +(\S.*)$/.exec(line)?.[1];
  return item === undefined ? prose(line) : `- ${prose(item)}`;
}

function escapeProse(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(/[\\`*_[\]~|$]/g, "\\$&")
    .replaceAll("@", `@${ZERO_WIDTH_SPACE}`)
    .replaceAll(/#(?=[0-9])/g, `#${ZERO_WIDTH_SPACE}`)
    .replaceAll(/(GH-)(?=[0-9])/gi, `$1${ZERO_WIDTH_SPACE}`)
    .replaceAll("://", `:${ZERO_WIDTH_SPACE}//`)
    .replaceAll(/www\./gi, (www) => `${www.slice(0, 3)}${ZERO_WIDTH_SPACE}.`);
}

/** What would begin a heading, a list, a quotation, an underline, or make a table of the line above. */
function escapeStart(start: string): string {
  return /[0-9]/.test(start) ? `${start}\\` : `\\${start}`;
}

function toEntity(character: string): string {
  return `&#${character.codePointAt(0)};`;
}
