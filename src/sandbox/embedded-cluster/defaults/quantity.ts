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
 * quantity. Whole binary amounts stay binary from 1 Ki on, and `1e9` stays so, as in apimachinery's canonical form.
 *
 * @param finest - in billionths; what is finer is rounded up.
 */
export function canonicalQuantity(value: JsonValue, finest = 1n): string | undefined {
  const read = readQuantity(value);
  if (read === undefined) return undefined;
  const { amount, style } = read;
  const size = divideUp(amount < 0n ? -amount : amount, finest) * finest;
  const rounded = amount < 0n ? -size : size;
  if (style === "binary" && size >= 1024n * NANO && size % NANO === 0n) return formatBinary(rounded);
  return formatDecimal(rounded, style);
}

interface Quantity {
  /** In billionths. */
  readonly amount: bigint;
  readonly style: "binary" | "suffix" | "exponent";
}

function readQuantity(value: JsonValue): Quantity | undefined {
  const text = typeof value === "number" || typeof value === "bigint" ? String(value) : value;
  const match = typeof text === "string" ? QUANTITY.exec(text) : null;
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", binary, decimal, exponent] = match;
  if (whole + fraction === "") return undefined;
  const unit = binary === undefined ? decimalUnit(decimal, exponent) : NANO * binaryUnit(binary);
  const size = divideUp(BigInt(whole + fraction) * unit, 10n ** BigInt(fraction.length));
  const decimalStyle = exponent === undefined ? "suffix" : "exponent";
  return { amount: sign === "-" ? -size : size, style: binary === undefined ? decimalStyle : "binary" };
}

/** The amount in billionths, for comparing; what cannot be read counts as none. */
export function amountOf(value: JsonValue | undefined): bigint {
  return readQuantity(value ?? null)?.amount ?? 0n;
}

/** Resources of containers and claims are kept to thousandths. */
const MILLI = 1_000_000n;

/** A map of amounts of resources with each value in canonical form; others stay as they are. */
export function canonicalQuantities(values: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, canonicalQuantity(value, MILLI) ?? value]),
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

function formatDecimal(nanos: bigint, style: Quantity["style"]): string {
  if (nanos === 0n) return "0";
  const index = Math.max(
    0,
    DECIMAL.findIndex(([, size]) => nanos % size === 0n),
  );
  const [suffix, unit] = DECIMAL[index] ?? ["n", 1n];
  if (style !== "exponent" || suffix === "") return `${nanos / unit}${suffix}`;
  return `${nanos / unit}e${18 - 3 * index}`;
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
