import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commonItems, diffText, type TextHunk } from "../../../src/domain/text-diff.ts";

function lines(count: number, name: string): string {
  return Array.from({ length: count }, (_, index) => `${name} ${index}\n`).join("");
}

/** Applies hunks the way `patch` does, refusing context that does not fit. */
function patch(before: string, hunks: readonly TextHunk[]): string {
  const source = before.split("\n");
  const result: string[] = [];
  let at = 0;
  let endsWithNewline = true;
  for (const hunk of hunks) {
    while (at < hunk.beforeStart - 1) result.push(source[at++] ?? "");
    for (const line of hunk.lines) {
      if (line.startsWith("\\")) endsWithNewline = false;
      else if (line.startsWith("+")) {
        result.push(line.slice(1));
        endsWithNewline = true;
      } else {
        expect(source[at++]).toBe(line.slice(1));
        if (line.startsWith(" ")) {
          result.push(line.slice(1));
          endsWithNewline = true;
        }
      }
    }
  }
  const rest = source.slice(at);
  if (rest.length > 1 || (rest[0] ?? "") !== "") return [...result, ...rest].join("\n");
  return result.length === 0 ? "" : `${result.join("\n")}${endsWithNewline ? "\n" : ""}`;
}

describe("diffText", () => {
  it.for([
    { before: "a\n", after: "a\n", is: [] },
    { before: "", after: "a\n", is: ["+a"] },
    { before: "a\n", after: "a", is: ["-a", "+a", "\\ No newline at end of file"] },
    { before: "a\nb\nc\n", after: "a\nc\n", is: [" a", "-b", " c"] },
    { before: "a\nb\nc\na\nb\nb\na\n", after: "c\nb\na\nb\na\nc\n", is: undefined },
  ])("turns $before into $after", ({ before, after, is }) => {
    const hunks = diffText(before, after);
    if (is !== undefined) expect(hunks.flatMap((hunk) => hunk.lines)).toEqual(is);
    expect(patch(before, hunks)).toBe(after);
  });

  it("finds the shortest edit", () => {
    const [hunk] = diffText("a\nb\nc\na\nb\nb\na\n", "c\nb\na\nb\na\nc\n");
    expect(hunk?.lines.filter((line) => !line.startsWith(" "))).toHaveLength(5);
  });

  it("gives three lines of context, and a hunk of its own to what is far away", () => {
    const before = lines(40, "line");
    const after = before.replace("line 5\n", "changed\n").replace("line 30\n", "");
    expect(diffText(before, after)).toMatchObject([
      { beforeStart: 3, afterStart: 3, lines: { length: 8 } },
      { beforeStart: 28, afterStart: 28, lines: { length: 7 } },
    ]);
  });

  it.for([
    { gap: 6, hunks: 1 },
    { gap: 7, hunks: 2 },
  ])("joins changes whose contexts touch: $gap lines apart are $hunks", ({ gap, hunks }) => {
    const between = lines(gap, "same");
    expect(diffText(`a\n${between}b\n`, `A\n${between}B\n`)).toHaveLength(hunks);
  });

  it("describes any change exactly", () => {
    const text = fc
      .array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 30 })
      .map((all) => all.join("\n"));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const [a, b] = [before && `${before}\n`, after && `${after}\n`];
        expect(patch(a, diffText(a, b))).toBe(b);
      }),
    );
  });

  it.for([
    { name: "have nothing in common", before: lines(100_000, "a"), after: lines(100_000, "b") },
    {
      name: "hold the same lines backwards",
      before: lines(100_000, "a"),
      after: lines(100_000, "a").split("\n").reverse().join("\n"),
    },
    { name: "repeat two lines", before: "a\nb\n".repeat(50_000), after: "b\nb\na\n".repeat(33_000) },
  ])("does not hang on 100,000 lines that $name", { timeout: 60_000 }, ({ before, after }) => {
    const hunks = diffText(before, after);
    expect(hunks.length).toBeGreaterThan(0);
  });

  it("still finds one changed line among 100,000", () => {
    const before = lines(100_000, "a");
    const [hunk, ...more] = diffText(before, before.replace("a 50000\n", "x\n"));
    expect(more).toEqual([]);
    expect(hunk?.lines.filter((line) => /^[-+]/.test(line))).toEqual(["-a 50000", "+x"]);
  });
});

describe("commonItems", () => {
  it("pairs what stays, in order", () => {
    expect(commonItems(["a", "b", "c"], ["x", "a", "c"])).toEqual([
      [0, 1],
      [2, 2],
    ]);
  });
});
