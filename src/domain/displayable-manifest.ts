import { replaceProseAssignments, replaceTokens } from "./credential-patterns.ts";
import type { JsonObject } from "./json.ts";
import type { Manifest, TargetManifest } from "./manifest.ts";
import { formatResourceKey, type ResourceKey } from "./resource-key.ts";
import { isSecretObject, type LabelOf, labelText, maskObject, maskSecret } from "./secret-values.ts";

declare const displayable: unique symbol;

/** A manifest that may be shown to people: masking made it, and nothing else can. */
export interface DisplayableManifest {
  readonly [displayable]: true;
  readonly key: ResourceKey;
  readonly apiVersion: string;
  readonly object: JsonObject;
}

/** The objects of a state before and after, as {@link Mask.sides} takes and gives them. */
export interface Sides<T> {
  readonly before: readonly T[];
  readonly after: readonly T[];
}

/**
 * Hides the values of Secrets, and what looks like a credential elsewhere, behind labels: `value A`, `value B`, …
 * Equal values carry equal labels, so a change stays visible. Labels mean nothing outside of the report they were made
 * for: they depend on the order of values alone, so nothing can be guessed from them offline.
 */
export interface Mask {
  displayable(manifest: Manifest): DisplayableManifest;
  /**
   * Both sides of a comparison, without the objects that are the same text on either side (equal digests): they have
   * nothing to show. An object whose name belongs to a Secret on the other side is masked like one.
   */
  sides(sides: Sides<Manifest | TargetManifest>): Sides<DisplayableManifest>;
  /** A message from elsewhere, without credentials and without the values this mask has met. */
  text(text: string): string;
  /** What somebody, the API server say, wrote about one object. About a Secret, nothing quoted is repeated. */
  textAbout(key: ResourceKey, text: string): string;
}

/** Shorter values are words of everyday messages; replacing them would hide nothing and garble everything. */
const KNOWN_VALUE_CHARS_MIN = 4;
/** What stands for a credential in a text that belongs to no report. */
const HIDDEN = "•••";

/** A mask for one report. */
export function createMask(): Mask {
  const labels = new Map<string, string>();
  const written = new Map<string, string>();

  const labelOf: LabelOf = (identity, texts) => {
    const label = labels.get(identity) ?? `value ${letters(labels.size)}`;
    labels.set(identity, label);
    for (const text of texts) if (text.length >= KNOWN_VALUE_CHARS_MIN) written.set(text, label);
    return label;
  };
  const mask = (manifest: Manifest, secretNames: ReadonlySet<string>): DisplayableManifest => {
    const isLikeSecret = isSecretManifest(manifest) || secretNames.has(placeOf(manifest));
    const object = isLikeSecret ? maskSecret(manifest.object, labelOf) : maskObject(manifest.object, labelOf);
    return { key: manifest.key, apiVersion: manifest.apiVersion, object } as DisplayableManifest;
  };
  const maskMessage = (text: string): string =>
    replaceKnown(
      hideCredentials(text, (value) => labelText(value, labelOf)),
      written,
    );

  return {
    displayable: (manifest) => mask(manifest, NO_NAMES),
    sides(sides) {
      const { before, after } = withoutEqual(sides);
      const secretNames = new Set([...before, ...after].filter(isSecretManifest).map(placeOf));
      secretNames.delete("");
      return {
        before: before.map((manifest) => mask(manifest, secretNames)),
        after: after.map((manifest) => mask(manifest, secretNames)),
      };
    },
    text: maskMessage,
    textAbout: ({ group, kind }, text) =>
      maskMessage(group === "" && kind === "Secret" ? hideQuoted(text) : text),
  };
}

const NO_NAMES: ReadonlySet<string> = new Set();

/** A message without credentials of known shapes: for text that is shown outside of any report. */
export function maskText(text: string): string {
  return hideCredentials(text, () => HIDDEN);
}

function hideCredentials(text: string, replace: (credential: string) => string): string {
  return replaceProseAssignments(replaceTokens(text, replace), replace);
}

function isSecretManifest({ key, object }: Manifest): boolean {
  return isSecretObject(object) || (key.group === "" && key.kind === "Secret");
}

/** Where an object is, whatever its kind: a ConfigMap that becomes a Secret keeps its name. */
function placeOf({ key }: Manifest): string {
  return key.kind === "ConfigMap" || key.kind === "Secret" ? `${key.namespace}/${key.name}` : "";
}

function withoutEqual({ before, after }: Sides<Manifest | TargetManifest>): Sides<Manifest> {
  const digests = new Map(before.map((manifest) => [formatResourceKey(manifest.key), digestOf(manifest)]));
  const equal = new Set<string>();
  for (const manifest of after) {
    const key = formatResourceKey(manifest.key);
    const digest = digestOf(manifest);
    if (digest !== "" && digests.get(key) === digest) equal.add(key);
  }
  const differs = ({ key }: Manifest): boolean => !equal.has(formatResourceKey(key));
  return { before: before.filter(differs), after: after.filter(differs) };
}

function digestOf(manifest: Manifest | TargetManifest): string {
  return "digest" in manifest ? manifest.digest : "";
}

function replaceKnown(text: string, written: ReadonlyMap<string, string>): string {
  // Longest first, so that a value inside another one does not leave the rest of it standing.
  const met = [...written.keys()].filter((value) => text.includes(value)).sort((a, b) => b.length - a.length);
  return met.reduce((masked, value) => masked.replaceAll(value, () => written.get(value) ?? HIDDEN), text);
}

/** Go prints what it rejects as `"text"` or `map[key:value]`. */
function hideQuoted(text: string): string {
  return text
    .replaceAll(/"(?:[^"\\]|\\.)*(?:"|$)/g, `"${HIDDEN}"`)
    .replaceAll(/map\[.*\]/gs, `map[${HIDDEN}]`)
    .replaceAll(/(Invalid value: )[^"\s][^:]*/g, `$1${HIDDEN}`);
}

/** 0 → A, 25 → Z, 26 → AA. */
function letters(index: number): string {
  const rest = Math.floor(index / 26);
  const letter = String.fromCharCode(65 + (index % 26));
  return rest === 0 ? letter : `${letters(rest - 1)}${letter}`;
}
