import { expect, it } from "vitest";
import { limitMemory } from "../../../src/renderer/memory-limit.ts";

/** Header, a type section of one byte, a memory section: one memory of at least one page, its maximum in five bytes. */
function moduleWith(memory: readonly number[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 1, 0, 5, memory.length, ...memory]);
}

const AS_BUILT = [1, 1, 1, 0x80, 0x80, 0x84, 0x80, 0x00];

it("lowers the maximum that an instance can grow to", async () => {
  const module = moduleWith(AS_BUILT);
  limitMemory(module, 3 * 65_536 + 1);
  expect([...module.slice(-5)]).toEqual([0x83, 0x80, 0x80, 0x80, 0x00]);
  await expect(WebAssembly.compile(module)).resolves.toBeDefined();
});

it("never goes below what the module needs at the start", () => {
  const module = moduleWith(AS_BUILT);
  limitMemory(module, 0);
  expect(module.at(-5)).toBe(0x81);
});

it.for<[what: string, module: Uint8Array]>([
  ["has no maximum", moduleWith([1, 0, 1])],
  ["has a maximum without room", moduleWith([1, 1, 1, 2])],
  ["has two memories", moduleWith([2, 1, 1, 0x80, 0x80, 0x84, 0x80, 0x00])],
  ["has no memory", moduleWith(AS_BUILT).subarray(0, 11)],
])("throws where the module %s", ([, module]) => {
  expect(() => limitMemory(module, 65_536)).toThrow(RangeError);
});
