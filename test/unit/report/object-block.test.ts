import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLedger, measure, utf8Length } from "../../../src/report/budget.ts";
import { fillPages } from "../../../src/report/check-pages.ts";
import { blockOf, fillBlock, type ObjectBlock } from "../../../src/report/object-block.ts";
import { compileTemplates } from "../../../src/report/templates.ts";
import { configMap, diffs, templates, unbalanced } from "./support.ts";

const RENDER = compileTemplates(templates());
const PLENTY = { chars: 1_000_000, bytes: 1_000_000 };

function added(text: string): ObjectBlock {
  const [diff] = diffs([], [configMap("c", { text })]);
  if (diff === undefined) throw new Error("nothing was added");
  return blockOf(diff);
}

function numbered(count: number): string {
  return Array.from({ length: count }, (_, index) => `line ${index}\n`).join("");
}

describe("fillBlock", () => {
  it("never costs more than its budget, in characters or in bytes, whatever fence it needs", () => {
    const text = fc
      .array(fc.constantFrom("a", "```", "`".repeat(40), "🚀", "ä", "x y"), { maxLength: 60 })
      .map((lines) => `${lines.join("\n")}\n`);
    fc.assert(
      fc.property(text, fc.nat(900), fc.nat(900), (lines, chars, bytes) => {
        const filled = fillBlock(added(lines), RENDER, { budget: { chars, bytes } });
        if (filled === undefined) return;
        const cost = measure(filled.markdown);
        expect(cost.chars).toBeLessThanOrEqual(chars);
        expect(cost.bytes).toBeLessThanOrEqual(bytes);
        expect(unbalanced(filled.markdown)).toBe("");
      }),
    );
  });

  it("says where to go on, and goes on there", () => {
    const whole = fillBlock(added(numbered(50)), RENDER, { budget: PLENTY });
    expect(whole?.nextLine).toBeUndefined();
    const first = fillBlock(added(numbered(50)), RENDER, { budget: { chars: 500, bytes: 500 } });
    const rest = fillBlock(added(numbered(50)), RENDER, { budget: PLENTY, from: first?.nextLine ?? 0 });
    const shown = `${first?.markdown}${rest?.markdown}`.match(/line [0-9]+/g);
    expect(shown).toEqual(Array.from({ length: 50 }, (_, index) => `line ${index}`));
    expect(rest?.markdown).toContain("(continued)");
  });

  it("shows no part that is too small to tell anything", () => {
    const block = added(numbered(50));
    const budgets = Array.from({ length: 400 }, (_, index) => ({ chars: index, bytes: index }));
    const parts = budgets.map((budget) => fillBlock(block, RENDER, { budget })).filter(Boolean);
    expect(parts.length).toBeGreaterThan(0);
    expect(Math.min(...parts.map((part) => part?.nextLine ?? 0))).toBe(3);
  });

  it("cuts lines that nobody would read to their end", () => {
    const filled = fillBlock(added(`${"x".repeat(5_000)}\nend\n`), RENDER, { budget: PLENTY });
    expect(filled?.markdown).toContain("… (4,004 characters more)");
  });
});

describe("fillPages", () => {
  it("keeps an object whole that fits on the next page and not on this one", () => {
    const pieces = [added(numbered(5)), added(numbered(30))].map((block) => ({
      kind: "object" as const,
      block,
      isCounted: true,
    }));
    const page = { chars: 700, bytes: 700 };
    const { pages, objectsOmitted } = fillPages(pieces, RENDER, [page, page]);
    expect(objectsOmitted).toBe(0);
    expect(pages[0]).not.toContain("more");
    expect(pages[1]).not.toContain("(continued)");
    expect(pages[1]).toContain("line 29");
  });
});

describe("createLedger", () => {
  it("refuses what either limit has no room for, and pays nothing then", () => {
    const ledger = createLedger({ chars: 10, bytes: 12 });
    expect(ledger.take("🚀🚀🚀🚀")).toBe(false);
    expect(ledger.take("12345678901")).toBe(false);
    expect(ledger.take("🚀", 2)).toBe(true);
    expect(ledger.left).toEqual({ chars: 6, bytes: 6 });
  });

  it("counts bytes as UTF-8 does", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(utf8Length(text)).toBe(Buffer.byteLength(text));
      }),
    );
    expect(utf8Length("\ud800a")).toBe(4);
  });
});
