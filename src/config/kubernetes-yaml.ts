import { YAMLException } from "js-yaml";
import type { JsonValue } from "../domain/json.ts";
import { type ComposeLimits, composeDocuments } from "./yaml-composer.ts";
import { INDENTATION_BUDGET, type IndentationBudget, parseLooselyIndented } from "./yaml-indentation.ts";
import { ComposeError, type Positions } from "./yaml-nodes.ts";

/** One document of a file. Empty ones (only comments, only `null`) are left out and not counted. */
export interface YamlDocument {
  readonly value: JsonValue;
  /** 1-based. */
  readonly number: number;
  /** 1-based line its text begins at. */
  readonly line: number;
  /** 1-based line of the entry at a path such as `["spec", "sources", "0"]`, or of its nearest ancestor. */
  lineOf(path: readonly string[]): number;
}

/** Why a document, or with number 0 the whole file, could not be read. The message quotes nothing of its content. */
export interface YamlProblem {
  readonly kind: "syntax" | "limit";
  readonly document: number;
  readonly line: number;
  readonly message: string;
}

export interface YamlReading {
  readonly documents: readonly YamlDocument[];
  readonly problems: readonly YamlProblem[];
}

export interface YamlLimits extends ComposeLimits {
  /** UTF-16 units of the whole text. */
  readonly textMax: number;
  readonly documentsMax: number;
}

/**
 * What definitions may be. An Application is some hundred values; ten thousand times that is a mistake or a bomb.
 * Depth: Kubernetes' own objects end at 20 levels or so, CRD schemas nest deeper.
 */
export const YAML_LIMITS: YamlLimits = {
  textMax: 8 * 1024 * 1024,
  documentsMax: 10_000,
  depthMax: 100,
  nodesMax: 500_000,
  charactersMax: 16 * 1024 * 1024,
};

/**
 * Reads YAML (and JSON, which is YAML) as Kubernetes does. A document that cannot be read is a problem; the others of
 * the same text are read all the same.
 */
export function readKubernetesYaml(text: string, limits: YamlLimits = YAML_LIMITS): YamlReading {
  if (text.length > limits.textMax) {
    return { documents: [], problems: [limitProblem(`longer than ${limits.textMax} characters`)] };
  }
  const documents: YamlDocument[] = [];
  const problems: YamlProblem[] = [];
  const budget = { ...INDENTATION_BUDGET };
  let count = 0;
  for (const piece of splitDocuments(text.replace(/^\uFEFF/, ""))) {
    if (count >= limits.documentsMax) {
      problems.push(limitProblem(`more than ${limits.documentsMax} documents`));
      break;
    }
    const read = readPiece(piece, limits, budget);
    if ("problem" in read) {
      count += 1;
      problems.push({ ...read.problem, document: count });
      continue;
    }
    for (const value of read.values) {
      if (value === null) continue;
      count += 1;
      const lineOf = (path: readonly string[]) =>
        lineIn({ ...piece, text: read.text }, offsetOf(value, path, read.positions));
      documents.push({ value, number: count, line: lineOf([]), lineOf });
    }
  }
  return { documents, problems };
}

interface Piece {
  readonly text: string;
  /** 1-based line of the file at which `text` begins. */
  readonly line: number;
}

/**
 * Cuts at lines that begin a document before parsing, as kubectl does, so that an error in one document leaves the
 * others readable. What follows `---` on its line belongs to the next document.
 */
function* splitDocuments(text: string): Generator<Piece> {
  const separator = /^---(?=[ \t\r\n]|$)/gm;
  let start = 0;
  let line = 1;
  for (const match of text.matchAll(separator)) {
    yield { text: text.slice(start, match.index), line };
    line += countLines(text.slice(start, match.index));
    start = match.index + match[0].length;
  }
  yield { text: text.slice(start), line };
}

function readPiece(
  piece: Piece,
  limits: YamlLimits,
  budget: IndentationBudget,
):
  | { readonly values: readonly JsonValue[]; readonly positions: Positions; readonly text: string }
  | { readonly problem: Omit<YamlProblem, "document"> } {
  // A piece of comments and directives is what stands before the first `---`, no document.
  if (!/^[ \t]*[^#% \t\r\n]/m.test(piece.text))
    return { values: [], positions: new WeakMap(), text: piece.text };
  let { text } = piece;
  try {
    const parsed = parseLooselyIndented(text, limits.depthMax, budget);
    text = parsed.text;
    return { ...composeDocuments(text, parsed.events, limits), text };
  } catch (error) {
    return { problem: problemOf(error, { ...piece, text }) };
  }
}

function problemOf(error: unknown, piece: Piece): Omit<YamlProblem, "document"> {
  if (error instanceof ComposeError) {
    const kind = error.isLimit ? "limit" : "syntax";
    return { kind, line: lineIn(piece, error.offset), message: error.message };
  }
  if (error instanceof YAMLException) {
    // `reason` is a fixed text of the parser; `message` would quote the lines around it, perhaps of a Secret.
    return {
      kind: "syntax",
      line: piece.line + (error.mark?.line ?? 0),
      message: withoutQuotes(error.reason),
    };
  }
  if (error instanceof RangeError) {
    return { kind: "limit", line: piece.line, message: "nested too deeply" };
  }
  throw error;
}

function withoutQuotes(reason: string): string {
  return reason.replace(/".*"/s, "…");
}

function offsetOf(root: JsonValue, path: readonly string[], positions: Positions): number {
  let offset = 0;
  let value: unknown = root;
  for (const step of path) {
    if (typeof value !== "object" || value === null) return offset;
    const start = positions.get(value)?.get(step);
    if (start === undefined) return offset;
    offset = start;
    value = (value as Record<string, unknown>)[step];
  }
  return offset;
}

function lineIn(piece: Piece, offset: number): number {
  const skipped = offset === 0 ? (/^(?:\s*(?:#.*)?\r?\n)*/.exec(piece.text)?.[0] ?? "") : "";
  return piece.line + countLines(offset === 0 ? skipped : piece.text.slice(0, offset));
}

function countLines(text: string): number {
  let count = 0;
  for (let index = text.indexOf("\n"); index !== -1; index = text.indexOf("\n", index + 1)) count += 1;
  return count;
}

function limitProblem(message: string): YamlProblem {
  return { kind: "limit", document: 0, line: 1, message };
}
