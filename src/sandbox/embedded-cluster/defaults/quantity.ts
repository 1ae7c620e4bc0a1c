import { isJsonObject, type JsonObject, type JsonValue } from "../../../domain/json.ts";

const NANO = 1_000_000_000n;
const BINARY = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"] as const;

/** Decimal suffixes, largest first, in nano units. */
const DECIMAL: readonly (readonly [string, bigint])[] = [
  ["E", 10n ** 27n],
  ["P", 10n ** 24n],
  ["T", 10n ** 21n],
  ["G", 10n ** 18n],
  ["M", 10n ** 15n],
  ["k", 10n ** 12n],
  ["", NANO],
  ["m", 1_000_000n],
  ["u", 1_000n],
  ["n", 1n],
];

const QUANTITY = /^([+-]?)(\d{0,40})(?:\.(\d{0,40}))?(?:([KMGTPE]i)|([numkMGTPE])|[eE]([+-]?\d{1,2}))?$/;

/**
 * A quantity as the server writes it back: `1000m` → `1`, `0.5` → `500m`, `1024Mi` → `1Gi`; `undefined` for what is no
 * quantity. Binary amounts stay binary from 1 Ki on, as in apimachinery's canonical form.
 */
export function canonicalQuantity(value: JsonValue): string | undefined {
  const text = typeof value === "number" || typeof value === "bigint" ? String(value) : value;
  const match = typeof text === "string" ? QUANTITY.exec(text) : null;
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", binary, decimal, exponent] = match;
  if (whole + fraction === "") return undefined;
  const unit = binary === undefined ? decimalUnit(decimal, exponent) : NANO * binaryUnit(binary);
  const nanos = divideUp(BigInt(whole + fraction) * unit, 10n ** BigInt(fraction.length));
  const amount = sign === "-" ? -nanos : nanos;
  return binary === undefined || nanos < 1024n * NANO ? formatDecimal(amount) : formatBinary(amount);
}

/** A map of quantities with each value in canonical form; others stay as they are. */
export function canonicalQuantities(values: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, canonicalQuantity(value) ?? value]),
  );
}

/** `limits` and `requests` in canonical form. */
export function canonicalResources(resources: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(resources).map(([name, value]) => [
      name,
      isJsonObject(value) && name !== "claims" ? canonicalQuantities(value) : value,
    ]),
  );
}

function decimalUnit(suffix = "", exponent = "0"): bigint {
  const unit = DECIMAL.find(([name]) => name === suffix)?.[1] ?? NANO;
  const power = Number(exponent);
  return power >= 0 ? unit * 10n ** BigInt(power) : divideUp(unit, 10n ** BigInt(-power));
}

function binaryUnit(suffix: string): bigint {
  return 1024n ** BigInt(BINARY.indexOf(suffix as (typeof BINARY)[number]) + 1);
}

function divideUp(amount: bigint, by: bigint): bigint {
  return (amount + by - 1n) / by;
}

function formatDecimal(nanos: bigint): string {
  if (nanos === 0n) return "0";
  const [suffix, unit] = DECIMAL.find(([, size]) => nanos % size === 0n) ?? ["n", 1n];
  return `${nanos / unit}${suffix}`;
}

function formatBinary(nanos: bigint): string {
  let amount = nanos / NANO;
  let power = 0;
  while (power < BINARY.length && amount % 1024n === 0n) {
    amount /= 1024n;
    power++;
  }
  return `${amount}${BINARY[power - 1] ?? ""}`;
}
