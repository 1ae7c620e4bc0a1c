/**
 * The three pattern languages of Argo CD (argocd-behaviour §8), told apart by name because they are easily mixed up.
 * Matching takes time proportional to text × pattern, whatever the pattern: projects are not a way to stop the process.
 * A pattern that cannot be read matches nothing.
 */
export type GlobDialect =
  /** `*` crosses everything: destinations, sourceNamespaces, ignore rules, directory include and exclude. */
  | "plain"
  /** `*` stops at `/`, `**` does not: source repositories. */
  | "path"
  /** Go's `path.Match`: `*` and `?` stop at `/`, `[^a]` negates, no alternatives: resource lists. */
  | "shell";

/** Whether the whole text matches, `*` standing for any characters at all. */
export function matchesGlob(pattern: string, text: string): boolean {
  return compileGlob(pattern, "plain")(text);
}

/** Whether the whole text matches, `*` standing for characters other than `/`, and `**` for any. */
export function matchesPathGlob(pattern: string, text: string): boolean {
  return compileGlob(pattern, "path")(text);
}

/** Whether the whole text matches as Go's `path.Match` has it. */
export function matchesShellPattern(pattern: string, text: string): boolean {
  return compileGlob(pattern, "shell")(text);
}

/** Reads a pattern once, to be matched against many texts. */
export function compileGlob(pattern: string, dialect: GlobDialect): (text: string) => boolean {
  if (!/[*?[\]{}\\,]/.test(pattern)) return (text) => text === pattern;
  if (pattern === "*" && dialect === "plain") return () => true;
  const reader: Reader = { characters: [...pattern], position: 0, dialect };
  const nodes = readSequence(reader, 0);
  if (nodes === undefined || reader.position < reader.characters.length) return () => false;
  const program: Step[] = [];
  emit(program, nodes);
  // Most texts differ before the first wildcard, and are told apart without following the pattern.
  const [start = ""] = /^[^*?[{\\]*/.exec(pattern) ?? [];
  return (text) => text.startsWith(start) && run(program, text);
}

type Node =
  | { readonly kind: "one"; readonly accepts: (character: string) => boolean }
  | { readonly kind: "many"; readonly accepts: (character: string) => boolean }
  | { readonly kind: "either"; readonly alternatives: readonly (readonly Node[])[] };

interface Reader {
  readonly characters: readonly string[];
  position: number;
  readonly dialect: GlobDialect;
}

/** Up to the end, or inside braces up to the `,` or `}` that ends an alternative. */
function readSequence(reader: Reader, depth: number): readonly Node[] | undefined {
  const nodes: Node[] = [];
  for (;;) {
    const character = reader.characters[reader.position];
    if (character === undefined) return depth === 0 ? nodes : undefined;
    if (depth > 0 && (character === "," || character === "}")) return nodes;
    reader.position += 1;
    const node = readNode(reader, character, depth);
    if (node === undefined) return undefined;
    nodes.push(node);
  }
}

function readNode(reader: Reader, character: string, depth: number): Node | undefined {
  switch (character) {
    case "*":
      return readStar(reader);
    case "?":
      return { kind: "one", accepts: reader.dialect === "plain" ? anything : notSlash };
    case "[":
      return readClass(reader);
    case "{":
      return reader.dialect === "shell" ? literal(character) : readAlternatives(reader, depth + 1);
    case "\\": {
      const escaped = reader.characters[reader.position];
      reader.position += 1;
      return escaped === undefined ? undefined : literal(escaped);
    }
    default:
      return literal(character);
  }
}

function readStar(reader: Reader): Node {
  if (reader.dialect === "path" && reader.characters[reader.position] === "*") {
    while (reader.characters[reader.position] === "*") reader.position += 1;
    return { kind: "many", accepts: anything };
  }
  return { kind: "many", accepts: reader.dialect === "plain" ? anything : notSlash };
}

/** Deep nesting is refused: nobody writes it, and it would exhaust the stack. */
const NESTING_MAX = 16;

function readAlternatives(reader: Reader, depth: number): Node | undefined {
  if (depth > NESTING_MAX) return undefined;
  const alternatives: (readonly Node[])[] = [];
  for (;;) {
    const nodes = readSequence(reader, depth);
    if (nodes === undefined) return undefined;
    alternatives.push(nodes);
    const end = reader.characters[reader.position];
    reader.position += 1;
    if (end === "}") return { kind: "either", alternatives };
  }
}

function readClass(reader: Reader): Node | undefined {
  const negation = reader.dialect === "shell" ? "^" : "!";
  const isNegated = reader.characters[reader.position] === negation;
  if (isNegated) reader.position += 1;
  const ranges: { readonly from: string; readonly to: string }[] = [];
  while (reader.characters[reader.position] !== "]" || ranges.length === 0) {
    const from = readClassCharacter(reader);
    if (from === undefined) return undefined;
    if (reader.characters[reader.position] !== "-") {
      ranges.push({ from, to: from });
      continue;
    }
    reader.position += 1;
    const to = readClassCharacter(reader);
    if (to === undefined) return undefined;
    ranges.push({ from, to });
  }
  reader.position += 1;
  const stopsAtSlash = reader.dialect !== "plain";
  return {
    kind: "one",
    accepts: (character) =>
      !(stopsAtSlash && character === "/") &&
      ranges.some(({ from, to }) => from <= character && character <= to) !== isNegated,
  };
}

function readClassCharacter(reader: Reader): string | undefined {
  const character = reader.characters[reader.position];
  reader.position += 1;
  if (character !== "\\") return character === "]" || character === "-" ? undefined : character;
  const escaped = reader.characters[reader.position];
  reader.position += 1;
  return escaped;
}

function literal(expected: string): Node {
  return { kind: "one", accepts: (character) => character === expected };
}

function anything(): boolean {
  return true;
}

function notSlash(character: string): boolean {
  return character !== "/";
}

/** A step of the matcher: all steps that are possible are followed at once, so nothing is ever tried twice. */
type Step =
  | { readonly take: (character: string) => boolean; readonly next: number }
  | { readonly follow: readonly number[] };

function emit(program: Step[], nodes: readonly Node[]): void {
  for (const node of nodes) {
    const here = program.length;
    switch (node.kind) {
      case "one":
        program.push({ take: node.accepts, next: here + 1 });
        break;
      case "many":
        program.push({ follow: [here + 1, here + 2] }, { take: node.accepts, next: here });
        break;
      case "either":
        emitEither(program, node.alternatives);
        break;
    }
  }
}

function emitEither(program: Step[], alternatives: readonly (readonly Node[])[]): void {
  const start = program.length;
  program.push({ follow: [] });
  const entries: number[] = [];
  const exits: number[] = [];
  for (const nodes of alternatives) {
    entries.push(program.length);
    emit(program, nodes);
    exits.push(program.length);
    program.push({ follow: [] });
  }
  program[start] = { follow: entries };
  for (const exit of exits) program[exit] = { follow: [program.length] };
}

function run(program: readonly Step[], text: string): boolean {
  let possible = reach(program, [0]);
  for (const character of text) {
    const next: number[] = [];
    for (const position of possible) {
      const step = program[position];
      if (step !== undefined && "take" in step && step.take(character)) next.push(step.next);
    }
    if (next.length === 0) return false;
    possible = reach(program, next);
  }
  return possible.has(program.length);
}

/** These positions, and all that follow from them without taking a character. */
function reach(program: readonly Step[], positions: readonly number[]): ReadonlySet<number> {
  const reached = new Set(positions);
  for (const position of reached) {
    const step = program[position];
    if (step !== undefined && "follow" in step) for (const next of step.follow) reached.add(next);
  }
  return reached;
}
