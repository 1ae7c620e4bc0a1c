import {
  isCredentialFlag,
  isCredentialName,
  isReference,
  replaceAssignments,
  replaceTokens,
} from "./credential-patterns.ts";
import { canonicalJson, isJsonArray, isJsonObject, type JsonObject, type JsonValue } from "./json.ts";
import { groupOf } from "./resource-key.ts";
import { parseTrackingId, TRACKING_ANNOTATION } from "./tracking.ts";

/**
 * Gives the label under which a value is shown.
 *
 * @param identity - equal exactly for equal values, however they are written.
 * @param written - the texts by which the value may be met in messages.
 */
export type LabelOf = (identity: string, written: readonly string[]) => string;

const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";
/** Deeper than any Kubernetes type goes, and shallow enough for every recursion after this one. */
const DEPTH_MAX = 100;
const TOO_DEEP = "nested too deeply to be shown";
/** What a Secret may show; anything else in it could be a value in the wrong place. */
const SECRET_FIELDS_SHOWN: ReadonlySet<string> = new Set(["apiVersion", "kind", "type", "immutable"]);
const EMBEDDED_SECRET = /["']?kind["']?[ \t]{0,8}:[ \t]{0,8}["']?Secret\b/;
const EMBEDDED_DATA = /(?:stringData|data)["']?[ \t]{0,8}:/;

/** A core Secret by its own words, however broken the rest of it is. */
export function isSecretObject(value: JsonValue | undefined): value is JsonObject {
  if (!isJsonObject(value)) return false;
  const { kind, apiVersion } = value;
  if (typeof kind !== "string" || kind.toLowerCase() !== "secret") return false;
  return typeof apiVersion !== "string" || groupOf(apiVersion) === "";
}

/** The object with every value of a Secret in it, and everything else that looks like a credential, under its label. */
export function maskObject(object: JsonObject, labelOf: LabelOf): JsonObject {
  const masked = maskValue(object, { labelOf, depth: 0 });
  return isJsonObject(masked) ? masked : object;
}

/** The object masked as a Secret is, whatever its kind. */
export function maskSecret(object: JsonObject, labelOf: LabelOf): JsonObject {
  return maskSecretFields(object, { labelOf, depth: 0 });
}

/** A text in which credentials of known shapes and assigned values carry their labels. */
export function maskConfigurationText(text: string, labelOf: LabelOf): string {
  if (EMBEDDED_SECRET.test(text) && EMBEDDED_DATA.test(text)) return labelText(text, labelOf);
  const replace = (value: string): string => labelText(value, labelOf);
  return replaceAssignments(replaceTokens(text, replace), replace);
}

/** The label of a text that is a credential as it stands. */
export function labelText(text: string, labelOf: LabelOf): string {
  return labelOf(`bytes ${utf8(text)}`, [text]);
}

interface Walk {
  readonly labelOf: LabelOf;
  readonly depth: number;
}

function maskValue(value: JsonValue, walk: Walk): JsonValue {
  if (typeof value === "string") return maskConfigurationText(value, walk.labelOf);
  if (typeof value !== "object" || value === null) return value;
  if (walk.depth >= DEPTH_MAX) return TOO_DEEP;
  const inner = { ...walk, depth: walk.depth + 1 };
  if (isJsonArray(value)) return maskList(value, inner);
  return isWholeSecret(value) ? maskSecretFields(value, inner) : maskFields(value, inner);
}

/** Inside of other objects, most of what says `kind: Secret` is only a reference to one. */
function isWholeSecret(value: JsonObject): boolean {
  return (
    isSecretObject(value) && ["metadata", "data", "stringData"].some((field) => Object.hasOwn(value, field))
  );
}

function maskList(list: readonly JsonValue[], walk: Walk): readonly JsonValue[] {
  return keepIfSame(
    list,
    list.map((item, index) => {
      const before = list[index - 1];
      const isFlagged = typeof before === "string" && isCredentialFlag(before);
      return isFlagged && typeof item === "string" && !isReference(item)
        ? labelText(item, walk.labelOf)
        : maskValue(item, walk);
    }),
  );
}

function maskFields(object: JsonObject, walk: Walk): JsonObject {
  const isConfigMap = object["kind"] === "ConfigMap";
  const isList = typeof object["kind"] === "string" && object["kind"].endsWith("List");
  return mapFields(object, (name, value) => {
    if (isConfigMap && name === "data" && isJsonObject(value)) return maskNamedValues(value, walk);
    if (isList && name === "items" && isJsonArray(value)) return maskItems(object, value, walk);
    if (isTrackingId(name, value)) return value;
    return isCredentialField(object, name, value) ? labelText(value, walk.labelOf) : maskValue(value, walk);
  });
}

/** Items of a SecretList need not say what they are. */
function maskItems(list: JsonObject, items: readonly JsonValue[], walk: Walk): readonly JsonValue[] {
  const areSecrets = list["kind"] === "SecretList";
  return items.map((item) =>
    isJsonObject(item) && (areSecrets || isSecretObject(item))
      ? maskSecretFields(item, walk)
      : maskValue(item, walk),
  );
}

/** `{name: DB_PASSWORD, value: …}`, a field called password, or what kubectl kept of the whole object. */
function isCredentialField(object: JsonObject, name: string, value: JsonValue): value is string {
  if (typeof value !== "string" || isReference(value)) return false;
  if (name === LAST_APPLIED) return true;
  if (name === "value" && typeof object["name"] === "string") return isCredentialName(object["name"]);
  return /passw(?:or)?d$|passphrase$/i.test(name.slice(-10));
}

/** `shop:/Secret:shop/db` names a Secret; it does not assign one. */
function isTrackingId(name: string, value: JsonValue): boolean {
  return name === TRACKING_ANNOTATION && typeof value === "string" && parseTrackingId(value) !== undefined;
}

function maskNamedValues(data: JsonObject, walk: Walk): JsonObject {
  return mapFields(data, (name, value) =>
    typeof value === "string" && isCredentialName(name) && !isReference(value)
      ? labelText(value, walk.labelOf)
      : maskValue(value, walk),
  );
}

function maskSecretFields(secret: JsonObject, walk: Walk): JsonObject {
  return mapFields(secret, (name, value) => {
    if (SECRET_FIELDS_SHOWN.has(name) && typeof value !== "object") return value;
    if (name === "metadata" && isJsonObject(value)) return maskFields(value, walk);
    if ((name === "data" || name === "binaryData") && isJsonObject(value)) {
      return mapFields(value, (_, item) => labelBase64(item, walk.labelOf));
    }
    if (name === "stringData" && isJsonObject(value)) {
      return mapFields(value, (_, item) =>
        typeof item === "string" ? labelText(item, walk.labelOf) : labelJson(item, walk.labelOf),
      );
    }
    return labelJson(value, walk.labelOf);
  });
}

/** `data` holds base64; what is not is a mistake, and just as secret. */
function labelBase64(value: JsonValue, labelOf: LabelOf): JsonValue {
  if (typeof value !== "string") return labelJson(value, labelOf);
  const decoded = decodeBase64(value);
  return decoded === undefined
    ? labelText(value, labelOf)
    : labelOf(`bytes ${decoded}`, [value, fromUtf8(decoded)]);
}

/** There is nothing to hide in `null`, and what is no text has no other form than its JSON. */
function labelJson(value: JsonValue, labelOf: LabelOf): JsonValue {
  if (value === null) return null;
  const text = depthOf(value) > DEPTH_MAX ? TOO_DEEP : canonicalJson(value);
  return labelOf(`json ${text}`, typeof value === "object" ? [] : [text]);
}

function depthOf(value: JsonValue): number {
  let depth = 0;
  let level: readonly JsonValue[] = [value];
  while (level.length > 0 && depth <= DEPTH_MAX) {
    level = level.flatMap((item) => (typeof item === "object" && item !== null ? Object.values(item) : []));
    depth += 1;
  }
  return depth;
}

function decodeBase64(text: string): string | undefined {
  const compact = text.replaceAll(/[\r\n]/g, "");
  if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) return undefined;
  return atob(compact);
}

/** The text's bytes in UTF-8, each as one character: what `atob` makes of base64. */
function utf8(text: string): string {
  if (/^[\x00-\x7f]*$/.test(text)) return text;
  let bytes = "";
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte);
  return bytes;
}

function fromUtf8(bytes: string): string {
  if (/^[\x00-\x7f]*$/.test(bytes)) return bytes;
  return new TextDecoder().decode(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
}

function mapFields(object: JsonObject, map: (name: string, value: JsonValue) => JsonValue): JsonObject {
  let isSame = true;
  const entries = Object.entries(object).map(([name, value]) => {
    const mapped = map(name, value);
    if (mapped !== value) isSame = false;
    return [name, mapped] as const;
  });
  // `fromEntries` defines fields where assignment would set a prototype: `__proto__` is a name like any other.
  return isSame ? object : Object.fromEntries(entries);
}

function keepIfSame(list: readonly JsonValue[], mapped: readonly JsonValue[]): readonly JsonValue[] {
  return mapped.every((item, index) => item === list[index]) ? list : mapped;
}
