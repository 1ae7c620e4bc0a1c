import { createHash } from "node:crypto";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { sha256 } from "../../../src/domain/sha256.ts";

describe("sha256", () => {
  it("is the standard's", () => {
    expect(sha256("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });

  it("agrees with Node's at every length around a block, and for any text", () => {
    const texts = Array.from({ length: 130 }, (_, length) => "x".repeat(length));
    for (const text of texts) expect(sha256(text)).toBe(reference(text));
    const codePoints = fc.array(fc.integer({ min: 0, max: 0x10_ff_ff }), { maxLength: 100 });
    const anyText = codePoints.map((list) => String.fromCodePoint(...list));
    fc.assert(
      fc.property(anyText, (text) => {
        expect(sha256(text)).toBe(reference(text));
      }),
    );
  });
});

function reference(text: string): string {
  return createHash("sha256").update(text.toWellFormed()).digest("hex");
}
