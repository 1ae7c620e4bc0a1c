import type { JsonValue } from "./json.ts";

/** Suffix → factor in billionths, the finest unit Kubernetes keeps. */
const FACTORS: ReadonlyMap<string, bigint> = new Map([
  ["n", 1n],
  ["u", 1_000n],
  ["m", 1_000_000n],
  ["", 10n ** 9n],
  ["k", 10n ** 12n],
  ["M", 10n ** 15n],
  ["G", 10n ** 18n],
  ["T", 10n ** 21n],
  ["P", 10n ** 24n],
  ["E", 10n ** 27n],
  ["Ki", 10n ** 9n * 2n ** 10n],
  ["Mi", 10n ** 9n * 2n ** 20n],
  ["Gi", 10n ** 9n * 2n ** 30n],
  ["Ti", 10n ** 9n * 2n ** 40n],
  ["Pi", 10n ** 9n * 2n ** 50n],
  ["Ei", 10n ** 9n * 2n ** 60n],
]);

const QUANTITY = /^([+-]?)([0-9]{0,40})(?:\.([0-9]{0,40}))?(?:([eE])([+-]?[0-9]{1,2})|([A-Za-z]{0,2}))$/;

/** Whether both are Kubernetes quantities of the same amount: `1000m` and `1`, `0.5` and `500m`, `1024Mi` and `1Gi`. */
export function equalQuantities(a: JsonValue, b: JsonValue): boolean {
  const amount = amountOf(a);
  return amount !== undefined && amount === amountOf(b);
}

/** In billionths. What is finer is rounded up, as the API server does. */
function amountOf(value: JsonValue): bigint | undefined {
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "bigint") return undefined;
  const match = QUANTITY.exec(String(value));
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", , exponent, suffix = ""] = match;
  const factor = FACTORS.get(suffix);
  if (factor === undefined || whole + fraction === "") return undefined;
  const shift = Number(exponent ?? 0) - fraction.length;
  const digits = BigInt(whole + fraction) * factor;
  const amount = shift >= 0 ? digits * 10n ** BigInt(shift) : divideUp(digits, 10n ** BigInt(-shift));
  return sign === "-" ? -amount : amount;
}

function divideUp(value: bigint, divisor: bigint): bigint {
  return (value + divisor - 1n) / divisor;
}
