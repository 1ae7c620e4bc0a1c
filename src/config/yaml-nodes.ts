import { getScalarValue, SCALAR_STYLE, type ScalarEvent } from "js-yaml";
import { isJsonArray, isJsonObject, type JsonValue } from "../domain/json.ts";
import {
  jsonOfScalar,
  keyOfScalar,
  resolvePlainScalar,
  resolveTaggedScalar,
  type Scalar,
} from "./yaml-scalars.ts";

/** The document is not what Kubernetes would read, or larger than allowed. `offset` is into the source. */
export class ComposeError extends Error {
  override readonly name = "ComposeError";
  readonly offset: number;
  readonly isLimit: boolean;

  constructor(message: string, offset: number, options: { readonly isLimit?: boolean } = {}) {
    super(message);
    this.offset = offset;
    this.isLimit = options.isLimit ?? false;
  }
}

/** Where each entry of each object and list begins in the source, for naming lines in problems. */
export type Positions = WeakMap<object, ReadonlyMap<string, number>>;

/** A value with what it costs written out: an alias costs as much as what it stands for. */
export interface YamlNode {
  /** Undefined for what JSON cannot hold: an infinity may still be a key. */
  readonly value: JsonValue | undefined;
  readonly offset: number;
  readonly nodes: number;
  readonly characters: number;
  readonly height: number;
  /** The text as a key of a mapping; undefined for what Kubernetes does not take as a key. */
  readonly key: string | undefined;
  /** A plain `<<`. */
  readonly isMerge: boolean;
}

/** A collection whose children have all been read; a mapping's are keys and values in turn. */
export interface Collection {
  readonly kind: "document" | "sequence" | "mapping";
  readonly offset: number;
  readonly children: readonly YamlNode[];
}

/** A leaf, typed as Kubernetes types it. @throws ComposeError */
export function composeScalar(source: string, event: ScalarEvent): YamlNode {
  const text = getScalarValue(source, event);
  const isPlain = event.style === SCALAR_STYLE.PLAIN;
  const tag = event.tagStart === -1 ? "" : source.slice(event.tagStart, event.tagEnd);
  const offset = Math.max(event.valueStart, event.tagStart, event.anchorStart, 0);
  const scalar = resolveScalar(text, tag, { isPlain });
  if (scalar === undefined) throw new ComposeError(`a value does not fit its tag ${tag}`, offset);
  return {
    value: jsonOfScalar(scalar),
    offset,
    nodes: 1,
    characters: text.length,
    height: 0,
    key: keyOfScalar(scalar),
    isMerge: isPlain && tag === "" && text === "<<",
  };
}

const CORE_TAGS = new Set(["str", "int", "float", "bool", "null", "timestamp", "binary"]);

/** Tags that are not YAML's own are dropped, and their scalars are strings. */
function resolveScalar(
  text: string,
  tag: string,
  { isPlain }: { readonly isPlain: boolean },
): Scalar | undefined {
  if (tag === "" && isPlain) return resolvePlainScalar(text);
  const name = /^(?:!!|!<tag:yaml\.org,2002:)([a-z]+)>?$/.exec(tag)?.[1] ?? "";
  return CORE_TAGS.has(name) ? resolveTaggedScalar(name, text) : { type: "str", value: text };
}

/** A list or an object of nodes, and in `positions` where its entries begin. @throws ComposeError */
export function composeCollection({ kind, offset, children }: Collection, positions: Positions): YamlNode {
  const isSequence = kind === "sequence";
  const value = isSequence ? children.map(jsonOf) : composeMapping(children);
  const starts = isSequence
    ? children.map((child, index) => [String(index), child.offset] as const)
    : pairsOf(children).map(([key]) => [key.key ?? "", key.offset] as const);
  positions.set(value, new Map(starts));
  return {
    value,
    offset,
    nodes: children.reduce((total, child) => total + child.nodes, 1),
    characters: children.reduce((total, child) => total + child.characters, 0),
    height: 1 + children.reduce((height, child) => Math.max(height, child.height), 0),
    key: undefined,
    isMerge: false,
  };
}

function composeMapping(children: readonly YamlNode[]): Record<string, JsonValue> {
  const entries = new Map<string, JsonValue>();
  for (const [key, value] of pairsOf(children)) {
    if (key.isMerge) {
      for (const [name, merged] of mergedEntries(value)) entries.set(name, merged);
      continue;
    }
    if (key.key === undefined) {
      throw new ComposeError("a key is neither text, number nor boolean", key.offset);
    }
    entries.set(key.key, jsonOf(value));
  }
  // Object.fromEntries defines properties, so that `__proto__` becomes one instead of changing the prototype.
  return Object.fromEntries(entries);
}

/** Of several merged mappings the first wins; all of them overwrite what the mapping itself said before. */
function mergedEntries({ value, offset }: YamlNode): readonly (readonly [string, JsonValue])[] {
  const sources = isJsonArray(value) ? value.toReversed() : [value];
  return sources.flatMap((source) => {
    if (!isJsonObject(source)) throw new ComposeError("`<<` merges something that is no mapping", offset);
    return Object.entries(source);
  });
}

function pairsOf(children: readonly YamlNode[]): readonly (readonly [YamlNode, YamlNode])[] {
  const pairs: [YamlNode, YamlNode][] = [];
  for (let index = 0; index + 1 < children.length; index += 2) {
    const [key, value] = [children[index], children[index + 1]];
    if (key !== undefined && value !== undefined) pairs.push([key, value]);
  }
  return pairs;
}

/** The node as a value. @throws ComposeError for what is only good as a key */
export function jsonOf({ value, offset }: YamlNode): JsonValue {
  if (value === undefined) throw new ComposeError("JSON cannot hold infinities nor not-a-number", offset);
  return value;
}
