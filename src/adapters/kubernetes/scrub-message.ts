import { isJsonArray, isJsonObject, type JsonValue } from "../../domain/json.ts";
import type { Manifest } from "../../domain/manifest.ts";

/** Enough to say what is wrong; an admission webhook may answer with pages. */
const MESSAGE_CHARS_MAX = 2_000;
const HIDDEN = "(hidden)";

/**
 * The server's own words about a manifest, fit to be shown: no control characters, cut to size, and for a Secret
 * without any of its values, which the server likes to quote (`Invalid value: "…"`, T118).
 */
export function scrubMessage(message: string, { key, object }: Pick<Manifest, "key" | "object">): string {
  const isSecret = key.group === "" && key.kind === "Secret";
  const shown = isSecret ? withoutQuotedValues(withoutValues(message, secretTexts(object))) : message;
  const printable = withoutDumps(shown)
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, " ")
    .trim();
  return printable.length > MESSAGE_CHARS_MAX ? `${printable.slice(0, MESSAGE_CHARS_MAX)}…` : printable;
}

/** Longer than this a value that is printed whole hides what is said of it. */
const DUMP_CHARS_MAX = 120;

/** `Invalid value: {"labels": …three pages… }: field is immutable` → `Invalid value: {…}: field is immutable`. */
function withoutDumps(message: string): string {
  const parts: string[] = [];
  let rest = message;
  for (;;) {
    const start = /(Invalid|Unsupported) value: [\w.&]*(?=[{[])/.exec(rest);
    if (start === null) return parts.join("") + rest;
    const from = start.index + start[0].length;
    const end = endOfValue(rest, from);
    const value = rest.slice(from, end);
    parts.push(rest.slice(0, from), value.length > DUMP_CHARS_MAX ? `${value[0]}…${value.at(-1)}` : value);
    rest = rest.slice(end);
  }
}

/** Where the value that begins with this bracket ends; where it begins, if it never does. */
function endOfValue(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') {
      const quoted = /^"(?:[^"\\]|\\.)*"/.exec(text.slice(at))?.[0];
      at += (quoted?.length ?? 1) - 1;
    } else if (character === "{" || character === "[") depth += 1;
    else if (character === "}" || character === "]") depth -= 1;
    if (depth === 0) return at + 1;
  }
  return from + 1;
}

/** Every text below `data` and `stringData`, and what annotations hold: kubectl's last-applied copy among them. */
function secretTexts(object: Manifest["object"]): ReadonlySet<string> {
  const texts = new Set<string>();
  for (const field of ["data", "stringData"]) collectTexts(object[field], texts);
  const { metadata } = object;
  if (isJsonObject(metadata)) collectTexts(metadata["annotations"], texts);
  return texts;
}

function collectTexts(value: JsonValue | undefined, texts: Set<string>): void {
  if (isJsonArray(value)) for (const item of value) collectTexts(item, texts);
  else if (isJsonObject(value)) for (const item of Object.values(value)) collectTexts(item, texts);
  else if (typeof value === "string") addWritings(value, texts);
  else if (typeof value === "number" || typeof value === "bigint") texts.add(String(value));
}

/** A value as it may be quoted: as is, decoded, encoded, line by line, and escaped as JSON or Go would. */
function addWritings(value: string, texts: Set<string>): void {
  const decoded = Buffer.from(value, "base64").toString("utf8");
  for (const text of [value, decoded, Buffer.from(value, "utf8").toString("base64")]) {
    texts.add(text);
    texts.add(text.trim());
    texts.add(JSON.stringify(text).slice(1, -1));
    for (const line of text.split("\n")) texts.add(line.trim());
  }
}

function withoutValues(message: string, texts: ReadonlySet<string>): string {
  // Longest first: a value may hold another one.
  const ordered = [...texts].filter((text) => text !== "").sort((a, b) => b.length - a.length);
  return ordered.reduce((shown, text) => {
    if (text.length >= 4) return shown.replaceAll(text, HIDDEN);
    // A short value is part of many words; only where it stands alone is it that value.
    return shown.replace(new RegExp(`(?<![\\w-])${escapeRegExp(text)}(?![\\w-])`, "g"), HIDDEN);
  }, message);
}

/** The places where Kubernetes prints a value, whatever it is: the live object's values are not known here. */
function withoutQuotedValues(message: string): string {
  return message
    .replace(
      // What is not in quotes ends nobody knows where: all up to the last colon goes.
      /(Invalid value|Unsupported value|Duplicate value): (?:"(?:[^"\\]|\\.)*"|.*(?=: )|.*)/gs,
      `$1: ${HIDDEN}`,
    )
    .replace(/(expected [\w ]+), got .*$/gms, `$1, got ${HIDDEN}`)
    .replace(/\bmap\[.*\]/gs, HIDDEN)
    .replace(/&\S*\{.*\}/gs, HIDDEN)
    .replace(/(error found in #\d+ byte of \.\.\.).*$/gs, `$1${HIDDEN}`);
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
