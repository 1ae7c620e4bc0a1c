/** A version as tags spell it: minor and patch may be missing (`v1`, `1.2`). */
export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** Identifiers behind the hyphen; empty for a release. */
  readonly prerelease: readonly string[];
  /** As it was written. */
  readonly text: string;
}

/** What a range of versions admits. */
export type VersionConstraint = (version: Version) => boolean;

const NUMBER = "0|[1-9][0-9]{0,14}";
const IDENTIFIERS = "[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*";
const SUFFIX = `(?:-(?<prerelease>${IDENTIFIERS}))?(?:\\+${IDENTIFIERS})?`;
const VERSION = new RegExp(
  `^v?(?<major>${NUMBER})(?:\\.(?<minor>${NUMBER}))?(?:\\.(?<patch>${NUMBER}))?${SUFFIX}$`,
);

/** Reads a version, `undefined` where the text is none. Build metadata counts for nothing, as semver.org says. */
export function parseVersion(text: string): Version | undefined {
  const groups = VERSION.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const prerelease = groups["prerelease"]?.split(".") ?? [];
  if (prerelease.some((identifier) => /^0[0-9]+$/.test(identifier))) return undefined;
  const { major, minor = "0", patch = "0" } = groups;
  return { major: Number(major), minor: Number(minor), patch: Number(patch), prerelease, text };
}

/** Precedence by semver.org §11: negative where `a` comes before `b`. */
export function compareVersions(a: Version, b: Version): number {
  return compareNumbers(a, b) || comparePrereleases(a.prerelease, b.prerelease);
}

function compareNumbers(a: Version, b: Version): number {
  return a.major - b.major || a.minor - b.minor || a.patch - b.patch;
}

function comparePrereleases(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return Number(a.length === 0) - Number(b.length === 0);
  for (const [index, identifier] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    const order = compareIdentifiers(identifier, other);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareIdentifiers(a: string, b: string): number {
  const isNumber = /^[0-9]+$/;
  if (isNumber.test(a) && isNumber.test(b)) return Number(a) - Number(b);
  if (isNumber.test(a) !== isNumber.test(b)) return isNumber.test(a) ? -1 : 1;
  return a < b ? -1 : Number(a > b);
}

const WILD = "[0-9]{1,15}|[xX*]";
const OPERATOR = "=>|>=|=<|<=|!=|~>|=|>|<|~|\\^|";
const PATTERN = `v?(?:${WILD})(?:\\.(?:${WILD}))?(?:\\.(?:${WILD}))?(?:-${IDENTIFIERS})?(?:\\+${IDENTIFIERS})?`;
const HYPHEN_RANGE = new RegExp(`^(?<from>${PATTERN})\\s+-\\s+(?<to>${PATTERN})$`);
const COMPARISON = new RegExp(`(?:${OPERATOR})\\s*(?:${PATTERN})`, "g");
const COMPARISONS = new RegExp(
  `^(?:${OPERATOR})\\s*(?:${PATTERN})(?:(?:\\s+|\\s*,\\s*)(?:${OPERATOR})\\s*(?:${PATTERN}))*$`,
);
const COMPARISON_PARTS = new RegExp(
  `^(?<operator>${OPERATOR})\\s*v?(?<major>${WILD})(?:\\.(?<minor>${WILD}))?(?:\\.(?<patch>${WILD}))?${SUFFIX}$`,
);

/** Ranges longer than this are not what people write, and matching them is not free. */
const CONSTRAINT_CHARS_MAX = 256;

/**
 * Reads a range in the syntax that Argo CD's library has (Masterminds semver v3): `^` `~` `~>` `=` `!=` `<` `<=` `>`
 * `>=`, `x`, `X` and `*` for any number, missing numbers, a comma or white space for "and", `||` for "or", `1.2 - 1.4`.
 * Pre-releases are admitted only where one of the comparisons that are joined by "and" names one.
 *
 * @returns `undefined` where the text is no range.
 */
export function parseConstraint(text: string): VersionConstraint | undefined {
  if (text.length > CONSTRAINT_CHARS_MAX) return undefined;
  const groups = text.split("||").map(parseGroup);
  if (groups.some((group) => group === undefined)) return undefined;
  return (version) => groups.some((group) => group?.(version) === true);
}

function parseGroup(text: string): VersionConstraint | undefined {
  const trimmed = text.trim();
  const range = HYPHEN_RANGE.exec(trimmed)?.groups;
  const spelled = range === undefined ? trimmed : `>=${range["from"]}, <=${range["to"]}`;
  if (!COMPARISONS.test(spelled)) return undefined;

  const comparisons = (spelled.match(COMPARISON) ?? []).map(parseComparison);
  if (comparisons.some((comparison) => comparison === undefined)) return undefined;
  const admitsPrereleases = comparisons.some((one) => (one?.bound.prerelease.length ?? 0) > 0);
  return (version) =>
    (version.prerelease.length === 0 || admitsPrereleases) &&
    comparisons.every((one) => one !== undefined && OPERATORS[one.operator](version, one));
}

type Operator = "=" | "!=" | ">" | "<" | ">=" | "<=" | "~" | "^";

interface Comparison {
  readonly operator: Operator;
  readonly bound: Version;
  /** How many numbers are given: `1.2` and `1.2.x` give two, `*` none. */
  readonly given: 0 | 1 | 2 | 3;
}

const ALIASES: Readonly<Record<string, Operator>> = { "": "=", "=>": ">=", "=<": "<=", "~>": "~" };

function parseComparison(text: string): Comparison | undefined {
  const groups = COMPARISON_PARTS.exec(text.trim())?.groups;
  if (groups === undefined) return undefined;
  const { operator = "", major, minor, patch, prerelease } = groups;
  const given = isAny(major) ? 0 : isAny(minor) ? 1 : isAny(patch) ? 2 : 3;
  const numbers = [major, minor, patch].map((number, index) => (index < given ? Number(number) : 0));
  const [first = 0, second = 0, third = 0] = numbers;
  const bound = { major: first, minor: second, patch: third, prerelease: prerelease?.split(".") ?? [], text };
  return { operator: ALIASES[operator] ?? (operator as Operator), bound, given };
}

function isAny(number: string | undefined): boolean {
  return number === undefined || /^[xX*]$/.test(number);
}

const OPERATORS: Readonly<Record<Operator, (version: Version, comparison: Comparison) => boolean>> = {
  "=": (version, comparison) =>
    comparison.given === 3
      ? compareVersions(version, comparison.bound) === 0
      : isWithinTilde(version, comparison),
  "!=": (version, comparison) =>
    comparison.given === 3
      ? compareVersions(version, comparison.bound) !== 0
      : !sharesGiven(version, comparison),
  ">": (version, comparison) =>
    compareVersions(version, comparison.bound) > 0 &&
    (isExact(comparison) || !sharesGiven(version, comparison)),
  "<": (version, { bound }) => compareVersions(version, bound) < 0,
  ">=": (version, { bound }) => compareVersions(version, bound) >= 0,
  "<=": (version, comparison) =>
    compareVersions(version, comparison.bound) <= 0 ||
    (comparison.given < 3 && sharesGiven(version, comparison)),
  "~": isWithinTilde,
  "^": isWithinCaret,
};

/** `>*` names no number to be greater than: it is a comparison with 0.0.0. */
function isExact({ given }: Comparison): boolean {
  return given === 3 || given === 0;
}

/** Whether the numbers that the comparison gives are the version's own. */
function sharesGiven(version: Version, { bound, given }: Comparison): boolean {
  return (
    (given < 1 || version.major === bound.major) &&
    (given < 2 || version.minor === bound.minor) &&
    (given < 3 || version.patch === bound.patch)
  );
}

/** At least the bound, and the same minor; the same major where no minor is given. `~0.0.0` and `*` admit all above. */
function isWithinTilde(version: Version, comparison: Comparison): boolean {
  const { bound, given } = comparison;
  if (compareVersions(version, bound) < 0) return false;
  if (given === 0) return true;
  if (given === 3 && bound.major === 0 && bound.minor === 0 && bound.patch === 0) return true;
  return version.major === bound.major && (given === 1 || version.minor === bound.minor);
}

/** At least the bound, and the same first number that is not zero. */
function isWithinCaret(version: Version, { bound, given }: Comparison): boolean {
  if (compareVersions(version, bound) < 0) return false;
  if (given === 0) return true;
  if (bound.major > 0 || given === 1) return version.major === bound.major;
  if (version.major > 0) return false;
  if (bound.minor > 0 || given === 2) return version.minor === bound.minor;
  return version.minor === 0 && version.patch === bound.patch;
}
