import { EVENT_ID, type Event } from "js-yaml";
import type { JsonValue } from "../domain/json.ts";
import {
  ComposeError,
  composeCollection,
  composeScalar,
  jsonOf,
  type Positions,
  type YamlNode,
} from "./yaml-nodes.ts";

/** How much one document may grow to once its aliases are written out. */
export interface ComposeLimits {
  readonly depthMax: number;
  readonly nodesMax: number;
  /** Of all scalars and keys together. */
  readonly charactersMax: number;
}

export interface Composition {
  readonly values: readonly JsonValue[];
  readonly positions: Positions;
}

interface Frame {
  readonly kind: "document" | "sequence" | "mapping";
  readonly offset: number;
  readonly anchor: string;
  readonly children: YamlNode[];
}

interface Composer {
  readonly source: string;
  readonly limits: ComposeLimits;
  readonly values: JsonValue[];
  readonly positions: Positions;
  readonly frames: Frame[];
  /** `open` while the anchored collection is still being read. */
  readonly anchors: Map<string, YamlNode | "open">;
  nodesLeft: number;
  charactersLeft: number;
}

/**
 * Builds the documents of a stream of parser events as Kubernetes would: YAML 1.1 scalars, the last of equal keys wins,
 * merge keys overwrite what stands before them, foreign tags are dropped, `__proto__` is a key like any other.
 * @throws ComposeError
 */
export function composeDocuments(
  source: string,
  events: readonly Event[],
  limits: ComposeLimits,
): Composition {
  const composer: Composer = {
    source,
    limits,
    values: [],
    positions: new WeakMap(),
    frames: [],
    anchors: new Map(),
    nodesLeft: limits.nodesMax,
    charactersLeft: limits.charactersMax,
  };
  for (const event of events) compose(composer, event);
  return composer;
}

function compose(composer: Composer, event: Event): void {
  switch (event.type) {
    case EVENT_ID.DOCUMENT:
      openDocument(composer);
      break;
    case EVENT_ID.SEQUENCE:
      openCollection(composer, { kind: "sequence", ...event });
      break;
    case EVENT_ID.MAPPING:
      openCollection(composer, { kind: "mapping", ...event });
      break;
    case EVENT_ID.SCALAR: {
      const node = composeScalar(composer.source, event);
      charge(composer, node);
      addNode(composer, node, textOf(composer, event.anchorStart, event.anchorEnd));
      break;
    }
    case EVENT_ID.ALIAS:
      addAlias(composer, event);
      break;
    case EVENT_ID.POP:
      closeFrame(composer);
      break;
  }
}

function openDocument(composer: Composer): void {
  composer.anchors.clear();
  composer.nodesLeft = composer.limits.nodesMax;
  composer.charactersLeft = composer.limits.charactersMax;
  composer.frames.push({ kind: "document", offset: 0, anchor: "", children: [] });
}

function openCollection(
  composer: Composer,
  event: {
    readonly kind: "sequence" | "mapping";
    readonly start: number;
    readonly anchorStart: number;
    readonly anchorEnd: number;
  },
): void {
  const anchor = textOf(composer, event.anchorStart, event.anchorEnd);
  if (anchor !== "") composer.anchors.set(anchor, "open");
  charge(composer, { nodes: 1, characters: 0, offset: event.start });
  composer.frames.push({ kind: event.kind, offset: event.start, anchor, children: [] });
}

function addAlias(
  composer: Composer,
  { anchorStart, anchorEnd }: { readonly anchorStart: number; readonly anchorEnd: number },
): void {
  const anchored = composer.anchors.get(textOf(composer, anchorStart, anchorEnd));
  if (anchored === undefined) throw new ComposeError("an alias names no anchor", anchorStart);
  if (anchored === "open") throw new ComposeError("an anchor contains itself", anchorStart);
  const node = { ...anchored, offset: anchorStart, isMerge: false };
  charge(composer, node);
  addNode(composer, node, "");
}

function closeFrame(composer: Composer): void {
  const frame = composer.frames.pop();
  if (frame === undefined) return;
  const [root] = frame.children;
  if (frame.kind === "document") composer.values.push(root === undefined ? null : jsonOf(root));
  else addNode(composer, composeCollection(frame, composer.positions), frame.anchor);
}

function addNode({ anchors, frames, limits }: Composer, node: YamlNode, anchor: string): void {
  if (frames.length - 1 + node.height > limits.depthMax) {
    throw new ComposeError(`nested more than ${limits.depthMax} levels deep`, node.offset, { isLimit: true });
  }
  if (anchor !== "") anchors.set(anchor, node);
  frames.at(-1)?.children.push(node);
}

function charge(composer: Composer, node: Pick<YamlNode, "nodes" | "characters" | "offset">): void {
  composer.nodesLeft -= node.nodes;
  composer.charactersLeft -= node.characters;
  const { nodesMax, charactersMax } = composer.limits;
  if (composer.nodesLeft < 0) {
    const message = `more than ${nodesMax} values once its aliases are written out`;
    throw new ComposeError(message, node.offset, { isLimit: true });
  }
  if (composer.charactersLeft < 0) {
    const message = `more than ${charactersMax} characters once its aliases are written out`;
    throw new ComposeError(message, node.offset, { isLimit: true });
  }
}

function textOf({ source }: Composer, start: number, end: number): string {
  return start === -1 ? "" : source.slice(start, end);
}
