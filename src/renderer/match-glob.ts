/**
 * A glob over slash-separated paths as Argo CD's value files have them (doublestar): `*` and `?` stay within a name,
 * `**` as a whole name is any number of folders, `[a-z]`, `[!a]` and `{a,b}` as usual, `\` takes the next sign literally.
 *
 * @returns how to match a path, or `undefined` where the pattern is malformed.
 */
export function compileGlob(pattern: string): ((path: string) => boolean) | undefined {
  const parts = expandBraces(pattern);
  if (parts === undefined) return undefined;
  const compiled = parts.map((part) => part.split("/").map(compileName));
  if (compiled.some((names) => names.includes(undefined))) return undefined;
  const alternatives = compiled as readonly (readonly NameMatcher[])[];
  return (path) => alternatives.some((names) => matchNames(names, path.split("/")));
}

/** Whether a text is a pattern at all. */
export function isGlob(text: string): boolean {
  return /[*?[]/.test(text);
}

type NameMatcher = "any folders" | RegExp;

function matchNames(matchers: readonly NameMatcher[], names: readonly string[]): boolean {
  const [first, ...rest] = matchers;
  if (first === undefined) return names.length === 0;
  if (first === "any folders") {
    if (matchNames(rest, names)) return true;
    return names.length > 0 && matchNames(matchers, names.slice(1));
  }
  const [name, ...more] = names;
  return name !== undefined && first.test(name) && matchNames(rest, more);
}

function compileName(name: string): NameMatcher | undefined {
  if (name === "**") return "any folders";
  let expression = "";
  for (let at = 0; at < name.length; at += 1) {
    const sign = name.charAt(at);
    if (sign === "*") expression += ".*";
    else if (sign === "?") expression += ".";
    else if (sign === "\\") {
      at += 1;
      if (at === name.length) return undefined;
      expression += escapeSign(name.charAt(at));
    } else if (sign === "[") {
      const end = name.indexOf("]", at + 2);
      if (end === -1) return undefined;
      expression += classOf(name.slice(at + 1, end));
      at = end;
    } else expression += escapeSign(sign);
  }
  try {
    return new RegExp(`^(?:${expression})$`, "su");
  } catch {
    return undefined;
  }
}

function classOf(text: string): string {
  const isNegated = text.startsWith("!") || text.startsWith("^");
  const members = (isNegated ? text.slice(1) : text).replace(/[\\\][^&~|]/g, "\\$&");
  return `[${isNegated ? "^" : ""}${members}]`;
}

function escapeSign(sign: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(sign) ? `\\${sign}` : sign;
}

/** More than this many alternatives is not a list of value files. */
const ALTERNATIVES_MAX = 256;

/** `a{b,c}` → `ab`, `ac`; `undefined` where braces do not match. */
function expandBraces(pattern: string): readonly string[] | undefined {
  const open = indexOutsideClasses(pattern, "{");
  if (open === -1) return indexOutsideClasses(pattern, "}") === -1 ? [pattern] : undefined;
  let depth = 0;
  const commas: number[] = [];
  for (let at = open; at < pattern.length; at += 1) {
    const sign = pattern.charAt(at);
    if (sign === "\\") at += 1;
    else if (sign === "{") depth += 1;
    else if (sign === "," && depth === 1) commas.push(at);
    else if (sign === "}") {
      depth -= 1;
      if (depth === 0) return alternativesOf(pattern, { open, close: at, commas });
    }
  }
  return undefined;
}

function alternativesOf(
  pattern: string,
  {
    open,
    close,
    commas,
  }: { readonly open: number; readonly close: number; readonly commas: readonly number[] },
): readonly string[] | undefined {
  const bounds = [open, ...commas, close];
  const expanded: string[] = [];
  for (const [index, start] of bounds.slice(0, -1).entries()) {
    const one = pattern.slice(start + 1, bounds[index + 1]);
    const more = expandBraces(pattern.slice(0, open) + one + pattern.slice(close + 1));
    if (more === undefined || expanded.length + more.length > ALTERNATIVES_MAX) return undefined;
    expanded.push(...more);
  }
  return expanded;
}

function indexOutsideClasses(pattern: string, wanted: string): number {
  let isInClass = false;
  for (let at = 0; at < pattern.length; at += 1) {
    const sign = pattern.charAt(at);
    if (sign === "\\") at += 1;
    else if (isInClass) isInClass = sign !== "]";
    else if (sign === "[") isInClass = true;
    else if (sign === wanted) return at;
  }
  return -1;
}
