/** Minute, hour, day of month, month, day of week. */
const RANGES = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
] as const;

const SHORTHANDS: Readonly<Record<string, string>> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};

/** Far enough for any schedule that ever comes round but those for 29 February. */
const DAYS_MAX = 366;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** The values each field names. */
type Fields = readonly ReadonlySet<number>[];

/**
 * The next minute after `afterMs` (milliseconds since the epoch) that a schedule names, in UTC; `undefined` for a
 * schedule that cannot be read, or that names none within a year. Names of months and days are not understood.
 */
export function nextScheduled(schedule: string, afterMs: number): number | undefined {
  const texts = (SHORTHANDS[schedule] ?? schedule).trim().split(/\s+/);
  const fields = RANGES.flatMap(([low, high], index) => valuesOf(texts[index] ?? "", low, high) ?? []);
  if (texts.length !== RANGES.length || fields.length !== RANGES.length) return undefined;
  // Where both days are given, either will do.
  const isEither = texts[2] !== "*" && texts[4] !== "*";
  const first = Math.floor(afterMs / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
  for (let days = 0; days <= DAYS_MAX; days++) {
    const midnight = Math.floor(first / DAY_MS) * DAY_MS + days * DAY_MS;
    if (!isDayNamed(new Date(midnight), fields, isEither ? "either" : "both")) continue;
    for (let at = Math.max(first, midnight); at < midnight + DAY_MS; at += MINUTE_MS) {
      const date = new Date(at);
      if (has(fields, 0, date.getUTCMinutes()) && has(fields, 1, date.getUTCHours())) return at;
    }
  }
  return undefined;
}

function isDayNamed(date: Date, fields: Fields, rule: "either" | "both"): boolean {
  if (!has(fields, 3, date.getUTCMonth() + 1)) return false;
  const weekday = date.getUTCDay();
  const isDay = has(fields, 2, date.getUTCDate());
  const isWeekday = has(fields, 4, weekday) || (weekday === 0 && has(fields, 4, 7));
  return rule === "either" ? isDay || isWeekday : isDay && isWeekday;
}

function has(fields: Fields, index: number, value: number): boolean {
  return fields[index]?.has(value) === true;
}

/** `1,5-10/2,*` → the numbers it names. */
function valuesOf(field: string, low: number, high: number): ReadonlySet<number> | undefined {
  const values = new Set<number>();
  for (const part of field.split(",")) {
    const match = /^(\*|\d+)(?:-(\d+))?(?:\/(\d+))?$/.exec(part);
    if (match === null) return undefined;
    const [, start = "*", end, step] = match;
    const from = start === "*" ? low : Number(start);
    const open = start === "*" || step !== undefined ? high : from;
    const to = end === undefined ? open : Number(end);
    if (from < low || to > high || step === "0") return undefined;
    for (let value = from; value <= to; value += Number(step ?? 1)) values.add(value);
  }
  return values;
}
