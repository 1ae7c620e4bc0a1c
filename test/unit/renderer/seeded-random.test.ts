import { describe, expect, it } from "vitest";
import { createSeededRandom } from "../../../src/renderer/seeded-random.ts";

function bytes(seed: string, ...lengths: readonly number[]): string {
  const random = createSeededRandom(seed);
  return lengths
    .map((length) => {
      const into = new Uint8Array(length);
      random.fill(into);
      return Buffer.from(into).toString("hex");
    })
    .join("");
}

describe("createSeededRandom", () => {
  it("gives the same stream for a seed, however it is cut", () => {
    expect(bytes("a", 100)).toBe(bytes("a", 1, 31, 33, 35));
  });

  it("gives another stream for another seed", () => {
    expect(bytes("a", 32)).not.toBe(bytes("b", 32));
  });

  it("does not repeat itself", () => {
    const stream = bytes("a", 32 * 64);
    const blocks = new Set(stream.match(/.{64}/g));
    expect(blocks.size).toBe(64);
  });
});
