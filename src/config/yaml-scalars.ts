import type { JsonValue } from "../domain/json.ts";

/**
 * How Kubernetes reads scalars: Go's `sigs.k8s.io/yaml`, which is YAML 1.1 without sexagesimal numbers and with dates
 * left as strings. No stock schema of a JavaScript parser is like it, and a difference would be a silent change.
 */
const TRUE = new Set(["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"]);
const FALSE = new Set(["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"]);
const NULL = new Set(["", "~", "null", "Null", "NULL"]);
const INFINITY = /^[-+]?\.(inf|Inf|INF)$/;
const NOT_A_NUMBER = /^\.(nan|NaN|NAN)$/;
const INTEGER = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/;
/** `0b` with the sign after it: Go's reader takes it, so a manifest may hold it. */
const BINARY_WITH_INNER_SIGN = /^0b([-+])([01]+)$/;
const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
/** What begins with a point is read by Go's own rules, where an underscore must stand between digits. */
const POINT_FLOAT = /^\.[0-9]+(_[0-9]+)*([eE][-+]?[0-9]+)?$/;
const DATE = /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?$/;

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);
const UINT64_MAX = 2n ** 64n - 1n;

/** What a scalar is; `float` also where the value is not finite, which JSON cannot hold. */
export type Scalar =
  | { readonly type: "null"; readonly value: null }
  | { readonly type: "bool"; readonly value: boolean }
  | { readonly type: "int"; readonly value: number | bigint }
  | { readonly type: "float"; readonly value: number }
  | { readonly type: "timestamp"; readonly value: string }
  | { readonly type: "str"; readonly value: string };

/** A scalar written without quotes and without a tag. */
export function resolvePlainScalar(text: string): Scalar {
  if (NULL.has(text)) return { type: "null", value: null };
  const first = text.charCodeAt(0);
  if (first > 57) return resolveWord(text);
  if (DATE.test(text)) return { type: "timestamp", value: text };
  return resolveNumber(text) ?? { type: "str", value: text };
}

/**
 * A scalar with a tag of YAML's own (`int` for `!!int`); tags of anybody else are dropped before.
 * @returns undefined where the text is not of that type.
 */
export function resolveTaggedScalar(tag: string, text: string): Scalar | undefined {
  if (tag === "str") return { type: "str", value: text };
  if (tag === "binary") return decodeBinary(text);
  const plain = resolvePlainScalar(text);
  if (plain.type === tag) return plain;
  if (tag === "float" && plain.type === "int") return { type: "float", value: Number(plain.value) };
  return undefined;
}

/** The JSON value, or undefined where JSON has none (infinities and not-a-number). */
export function jsonOfScalar({ type, value }: Scalar): JsonValue | undefined {
  if (type === "float" && !Number.isFinite(value)) return undefined;
  // JSON as Go writes it has a negative zero, but the API server reads it as an integer.
  if (value === 0) return 0;
  if (typeof value !== "bigint") return value;
  const fitsInt64 = value >= INT64_MIN && value <= INT64_MAX;
  return fitsInt64 ? value : Number(value);
}

/** The text of a scalar as a mapping's key, or undefined where Kubernetes refuses it (null, more than 64 bits signed). */
export function keyOfScalar({ type, value }: Scalar): string | undefined {
  if (type === "null") return undefined;
  if (type === "float") return keyOfFloat(value);
  if (typeof value === "bigint" && value > INT64_MAX) return undefined;
  return String(value);
}

function resolveWord(text: string): Scalar {
  if (TRUE.has(text)) return { type: "bool", value: true };
  if (FALSE.has(text)) return { type: "bool", value: false };
  return { type: "str", value: text };
}

function resolveNumber(text: string): Scalar | undefined {
  if (INFINITY.test(text)) {
    return { type: "float", value: text.startsWith("-") ? -Infinity : Infinity };
  }
  if (NOT_A_NUMBER.test(text)) return { type: "float", value: Number.NaN };
  if (text.startsWith(".") && !POINT_FLOAT.test(text)) return undefined;
  const digits = text.replaceAll("_", "");
  const integer = resolveInteger(digits);
  if (integer !== undefined) return { type: "int", value: integer };
  if (!FLOAT.test(digits)) return undefined;
  const value = Number(digits);
  if (!Number.isFinite(value)) return undefined;
  return { type: "float", value };
}

function resolveInteger(text: string): number | bigint | undefined {
  const [, sign, body] = INTEGER.exec(text.replace(BINARY_WITH_INNER_SIGN, "$10b$2")) ?? [];
  if (body === undefined) return undefined;
  const magnitude = BigInt(/^0[0-7]+$/.test(body) ? `0o${body.slice(1)}` : body);
  const value = sign === "-" ? -magnitude : magnitude;
  if (value > UINT64_MAX || value < INT64_MIN) return undefined;
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

function decodeBinary(text: string): Scalar | undefined {
  const compact = text.replace(/[\r\n]/g, "");
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(compact) || compact.length % 4 !== 0) return undefined;
  const bytes = Uint8Array.from(atob(compact), (character) => character.charCodeAt(0));
  return { type: "str", value: new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes) };
}

/** From this exponent on Go's `%g` writes `e` notation. */
const FLOAT_KEY_EXPONENT_MAX = 6;

/** Go prints float keys with 32 bits of precision: `1234567.5` becomes `1.2345675e+06`. */
function keyOfFloat(value: number): string {
  const rounded = Math.fround(value);
  if (Number.isNaN(rounded)) return ".nan";
  if (!Number.isFinite(rounded)) return rounded > 0 ? ".inf" : "-.inf";
  if (rounded === 0) return Object.is(rounded, -0) ? "-0" : "0";
  const shortest = shortestFloat32(value, rounded);
  const [digits = "", exponentText = "0"] = shortest.toExponential().split("e");
  const exponent = Number(exponentText);
  if (exponent >= -4 && exponent < FLOAT_KEY_EXPONENT_MAX) return String(shortest);
  const sign = exponent < 0 ? "-" : "+";
  return `${digits}e${sign}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

function shortestFloat32(value: number, rounded: number): number {
  for (let digits = 1; digits <= 9; digits += 1) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.fround(candidate) === rounded) return candidate;
  }
  return value;
}
