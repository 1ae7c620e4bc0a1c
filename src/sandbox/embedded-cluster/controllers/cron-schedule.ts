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
const MINUTES_MAX = 366 * 24 * 60;

/**
 * The next minute after `afterMs` (milliseconds since the epoch) that a schedule names, in UTC; `undefined` for a
 * schedule that cannot be read, or that names none within a year. Names of months and days are not understood.
 */
export function nextScheduled(schedule: string, afterMs: number): number | undefined {
  const fields = (SHORTHANDS[schedule] ?? schedule).trim().split(/\s+/);
  const sets = RANGES.map(([low, high], index) => valuesOf(fields[index] ?? "", low, high));
  if (fields.length !== RANGES.length || sets.some((set) => set === undefined)) return undefined;
  const minuteMs = 60_000;
  const first = Math.floor(afterMs / minuteMs) * minuteMs + minuteMs;
  for (let count = 0; count < MINUTES_MAX; count++) {
    const at = first + count * minuteMs;
    if (isNamed(new Date(at), sets, fields)) return at;
  }
  return undefined;
}

function isNamed(
  date: Date,
  sets: readonly (ReadonlySet<number> | undefined)[],
  fields: readonly string[],
): boolean {
  const has = (index: number, value: number): boolean => sets[index]?.has(value) === true;
  const weekday = date.getUTCDay();
  const isDay = has(2, date.getUTCDate());
  const isWeekday = has(4, weekday) || (weekday === 0 && has(4, 7));
  // Where both days are given, either will do.
  const isEither = fields[2] !== "*" && fields[4] !== "*";
  if (!(isEither ? isDay || isWeekday : isDay && isWeekday)) return false;
  return has(0, date.getUTCMinutes()) && has(1, date.getUTCHours()) && has(3, date.getUTCMonth() + 1);
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
