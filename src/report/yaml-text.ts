import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from "../domain/json.ts";

/** Longer keys cannot stand on one line with their value. */
const SIMPLE_KEY_CHARS_MAX = 1_000;

/**
 * The value as YAML in block style, line by line and only as far as it is asked for. Every YAML reader, of version 1.1
 * or 1.2, reads the same value back; what cannot be seen is escaped. Strings of several lines are literal blocks.
 */
export function* yamlLines(value: JsonValue): Generator<string> {
  yield* block(value, "");
}

/** The value in one line where YAML has one for it: a scalar, `{}` or `[]`. */
export function yamlInline(value: JsonValue): string | undefined {
  if (typeof value === "string") return isLiteral(value) ? undefined : quoteIfNeeded(value);
  if (isJsonArray(value)) return value.length === 0 ? "[]" : undefined;
  if (isJsonObject(value)) return Object.keys(value).length === 0 ? "{}" : undefined;
  // YAML 1.1 knows no exponent without a decimal point.
  return String(value).replace(/^(-?[0-9]+)e/, "$1.0e");
}

function* block(value: JsonValue, indent: string): Generator<string> {
  const inline = yamlInline(value);
  if (inline !== undefined) yield `${indent}${inline}`;
  else if (typeof value === "string") yield* literal(value, { indent, lead: indent });
  else if (isJsonArray(value)) yield* list(value, indent);
  else if (isJsonObject(value)) yield* mapping(value, indent);
}

function* mapping(object: JsonObject, indent: string): Generator<string> {
  for (const [name, value] of Object.entries(object)) {
    const key = quoteIfNeeded(name);
    const isSimple = key.length <= SIMPLE_KEY_CHARS_MAX;
    if (!isSimple) yield `${indent}? ${key}`;
    yield* entry(value, { indent, lead: `${indent}${isSimple ? key : ""}:` });
  }
}

interface Place {
  readonly indent: string;
  /** What stands on the line already. */
  readonly lead: string;
}

function* entry(value: JsonValue, { indent, lead }: Place): Generator<string> {
  const inline = yamlInline(value);
  if (inline !== undefined) yield `${lead} ${inline}`;
  else if (typeof value === "string") yield* literal(value, { indent: `${indent}  `, lead: `${lead} ` });
  else {
    yield lead;
    yield* block(value, isJsonArray(value) ? indent : `${indent}  `);
  }
}

function* list(items: readonly JsonValue[], indent: string): Generator<string> {
  for (const item of items) {
    if (typeof item === "string" && isLiteral(item)) {
      yield* literal(item, { indent: `${indent}  `, lead: `${indent}- ` });
      continue;
    }
    // An item's first line stands on the line of its dash.
    let lead = `${indent}- `;
    for (const line of block(item, `${indent}  `)) {
      yield `${lead}${line.slice(lead.length)}`;
      lead = line.slice(0, 0);
    }
  }
}

function* literal(text: string, { indent, lead }: Place): Generator<string> {
  const inner = indent === "" ? "  " : indent;
  const indicator = /^[ \n]/.test(text) ? String(inner.length - outerIndent(indent)) : "";
  yield `${lead}|${indicator}${chomping(text)}`;
  for (const line of linesOf(text)) yield line === "" ? "" : `${inner}${line}`;
}

/** One after the other, without the end of the last one. */
function* linesOf(text: string): Generator<string> {
  let start = 0;
  for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", start)) {
    yield text.slice(start, end);
    start = end + 1;
  }
  if (start < text.length) yield text.slice(start);
}

/** The indentation that a block's indicator counts from. */
function outerIndent(indent: string): number {
  return Math.max(0, indent.length - 2);
}

function chomping(text: string): string {
  if (!text.endsWith("\n")) return "-";
  return text.endsWith("\n\n") || text === "\n" ? "+" : "";
}

/** Several lines that can be shown as they are: the rest is quoted, with its escapes. */
function isLiteral(text: string): boolean {
  if (!text.includes("\n") || /^\n*$/.test(text)) return false;
  // Nearly all text is of this kind, and some of it is long.
  if (!/[^\n\x20-\x7e]/.test(text)) return true;
  // A tab at the start of a line could be taken for indentation.
  return !UNPRINTABLE.test(text) && !/^[ \t]*\t/m.test(text);
}

const UNPRINTABLE =
  /[^\n\t\x20-\x7e\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]|[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f]/u;

const PLAIN = /^[A-Za-z_/][A-Za-z0-9_./@%+=()$;<>^~*&!?,:-]*(?: [A-Za-z0-9_./@%+=()$;<>^~*&!?,:-]+)*$/;
/** Words that some YAML reader takes for something else than text. */
const WORDS = /^(?:y|n|yes|no|on|off|true|false|null|nil|none|nan|inf|infinity)$/i;

function quoteIfNeeded(text: string): string {
  const isPlain =
    PLAIN.test(text) && text.length <= 10_000 && !WORDS.test(text) && !/: |:$|^---|^\.\.\./.test(text);
  return isPlain ? text : quote(text);
}

/** JSON's strings are YAML's, but for characters that YAML does not let stand. */
function quote(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
