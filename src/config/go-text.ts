const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};
const PART = /([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)/g;

/**
 * Milliseconds of a duration as Argo CD reads it: a bare integer is seconds, anything else is Go's form, as `1h30m` or
 * `500ms`. Undefined for what is neither.
 */
export function parseGoDuration(text: string): number | undefined {
  if (/^-?[0-9]+$/.test(text)) return Number(text) * 1_000;
  const [, sign = "", body = ""] = /^([-+]?)(.+)$/.exec(text) ?? [];
  if (body === "0") return 0;
  if (body === "" || body.replace(PART, "") !== "") return undefined;
  let total = 0;
  for (const [, amount = "", unit = ""] of body.matchAll(PART)) {
    total += Number(amount) * (UNIT_MS[unit] ?? 0);
  }
  return sign === "-" ? -total : total;
}

const TRUE = new Set(["1", "t", "T", "TRUE", "true", "True"]);
const FALSE = new Set(["0", "f", "F", "FALSE", "false", "False"]);

/** Go's `strconv.ParseBool`; undefined for anything it refuses. */
export function parseGoBoolean(text: string): boolean | undefined {
  if (TRUE.has(text)) return true;
  return FALSE.has(text) ? false : undefined;
}
