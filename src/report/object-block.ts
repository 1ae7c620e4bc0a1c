import type { FieldChange } from "../domain/field-diff.ts";
import type { JsonValue } from "../domain/json.ts";
import type { ObjectDiff } from "../domain/manifest-diff.ts";
import { describeResource, type ResourceKey } from "../domain/resource-key.ts";
import { type Budget, utf8Length } from "./budget.ts";
import { fenced, htmlCode, longestBacktickRun, visibleLine } from "./markdown.ts";
import type { Render } from "./templates.ts";
import { count } from "./words.ts";
import { yamlLines } from "./yaml-text.ts";

/** One object's change as a fenced block, made line by line as far as there is room for it. */
export interface ObjectBlock {
  readonly key: ResourceKey;
  /** In one word. */
  readonly change: string;
  readonly language: "diff" | "yaml";
  lines(): Iterable<string>;
}

/** A longer line is cut, and says by how much: nobody reads it, and it would eat the room of all others. */
const LINE_CHARS_MAX = 1_000;
/** Lines beyond the last that fits are counted as far as this: what is larger is large enough. */
const COUNTED_MAX = 100_000;
/** Fewer lines than this tell nothing; then the object is left out as a whole. */
const LINES_MIN = 3;

/** How a change is called, by what it is. */
export type ChangeWords = Readonly<Record<ObjectDiff["change"], string>>;

const IN_GIT: ChangeWords = { added: "added", removed: "removed", modified: "modified" };

export function blockOf(diff: ObjectDiff, words = IN_GIT): ObjectBlock {
  const { key } = diff;
  const change = words[diff.change];
  switch (diff.change) {
    case "added":
      return { key, change, language: "yaml", lines: () => yamlLines(diff.after.object) };
    case "removed":
      return { key, change, language: "yaml", lines: () => yamlLines(diff.before.object) };
    case "modified":
      return { key, change, language: "diff", lines: () => fieldLines(diff.fields) };
  }
}

export interface FilledBlock {
  readonly markdown: string;
  /** Where to go on; `undefined` when the object is complete. */
  readonly nextLine: number | undefined;
}

/**
 * The block, from line `from` on, with as many whole lines as the budget has room for. The fence is always closed.
 *
 * @returns `undefined` where not even a few lines fit.
 */
export function fillBlock(
  block: ObjectBlock,
  render: Render,
  { from = 0, budget }: { readonly from?: number; readonly budget: Budget },
): FilledBlock | undefined {
  const frame = renderBlock(block, render, { lines: [], note: "more than 100,000 lines more", from });
  const taken = takeLines(block.lines(), from, {
    chars: budget.chars - frame.length,
    bytes: budget.bytes - utf8Length(frame),
  });
  if (taken === undefined) return undefined;
  const { lines, more } = taken;
  if (more > 0 && lines.length < LINES_MIN) return undefined;
  const note =
    more === 0 ? "" : more > COUNTED_MAX ? "more than 100,000 lines more" : `${count(more, "line")} more`;
  return {
    markdown: renderBlock(block, render, { lines, note, from }),
    nextLine: more === 0 ? undefined : from + lines.length,
  };
}

/** All lines of a block, for places without a limit. */
export function* allLines(block: ObjectBlock): Generator<string> {
  for (const line of block.lines()) yield visibleLine(line);
}

interface Taken {
  readonly lines: readonly string[];
  readonly more: number;
}

function takeLines(source: Iterable<string>, from: number, room: Budget): Taken | undefined {
  const lines: string[] = [];
  let [index, more, fence] = [0, 0, 3];
  // Two fences longer than the three backticks that the frame has paid for.
  let { chars, bytes } = room;
  if (chars < 0 || bytes < 0) return undefined;
  for (const whole of source) {
    if (index++ < from) continue;
    if (more > COUNTED_MAX) break;
    if (more > 0) {
      more += 1;
      continue;
    }
    const line = cutLine(visibleLine(whole));
    const longer = Math.max(0, longestBacktickRun(line) + 1 - fence);
    chars -= line.length + 1 + 2 * longer;
    bytes -= utf8Length(line) + 1 + 2 * longer;
    if (chars < 0 || bytes < 0) {
      more = 1;
      continue;
    }
    fence += longer;
    lines.push(line);
  }
  return { lines, more };
}

function cutLine(line: string): string {
  if (line.length <= LINE_CHARS_MAX) return line;
  const end = /[\ud800-\udbff]/.test(line.charAt(LINE_CHARS_MAX - 1)) ? LINE_CHARS_MAX - 1 : LINE_CHARS_MAX;
  return `${line.slice(0, end)}… (${count(line.length - end, "character")} more)`;
}

function renderBlock(
  { key, change, language }: ObjectBlock,
  render: Render,
  { lines, note, from }: { readonly lines: readonly string[]; readonly note: string; readonly from: number },
): string {
  return render(language === "yaml" ? "object-whole" : "object-fields", {
    change,
    object: htmlCode(describeResource(key)),
    isContinued: from > 0,
    fence: fenced(lines, language).join("\n"),
    note,
  });
}

function* fieldLines(fields: readonly FieldChange[]): Generator<string> {
  for (const field of fields) {
    if (field.kind === "text") {
      yield* hunkLines(field);
      continue;
    }
    yield `@@ ${field.path} @@`;
    if (field.kind === "reordered") yield "# the same entries in another order";
    if (field.kind === "unset" || field.kind === "changed") yield* signed("-", field.before);
    if (field.kind === "set" || field.kind === "changed") yield* signed("+", field.after);
  }
}

function* hunkLines({ path, hunks }: Extract<FieldChange, { kind: "text" }>): Generator<string> {
  for (const { afterStart, lines } of hunks) {
    yield `@@ ${path}, line ${afterStart} @@`;
    // A space after the sign keeps the text in line with values.
    for (const line of lines) yield line.startsWith("\\") ? line : `${line.charAt(0)} ${line.slice(1)}`;
  }
}

function* signed(sign: "-" | "+", value: JsonValue): Generator<string> {
  for (const line of yamlLines(value)) yield `${sign} ${line}`;
}
