import { expect, it } from "vitest";
import {
  type ControllerMessage,
  createFrameReader,
  encodeFrame,
} from "../../../src/domain/renderer-protocol.ts";

const FRAMES = [
  encodeFrame({ type: "cancel", id: 1 }),
  encodeFrame({ type: "objects", repository: "r", objects: [{ oid: "o", kind: "blob", bytes: 3 }] }, [
    new Uint8Array([1, 2]),
    new Uint8Array([3]),
  ]),
  encodeFrame({ type: "stats", id: 2 }),
];

function readIn(chunkBytes: number): readonly string[] {
  const stream = Buffer.concat(FRAMES);
  const read = createFrameReader<ControllerMessage>();
  const found: string[] = [];
  for (let at = 0; at < stream.length; at += chunkBytes) {
    for (const { head, body } of read(stream.subarray(at, at + chunkBytes)))
      found.push(`${head.type} [${[...body]}]`);
  }
  return found;
}

it.for([1, 3, 7, 8, 64, 10_000])("puts frames together again from chunks of %i bytes", (chunkBytes) => {
  expect(readIn(chunkBytes)).toEqual(["cancel []", "objects [1,2,3]", "stats []"]);
});

it("keeps integers that JSON alone would round", () => {
  const head = {
    type: "failed",
    id: 1,
    failure: { reason: "x", facts: {} },
    big: 9007199254740993n,
  } as const;
  const [frame] = createFrameReader<typeof head>()(encodeFrame(head));
  expect(frame?.head.big).toBe(9007199254740993n);
});

it.for([0, 3, 0xffff_ffff])("throws on a frame of %i bytes", (length) => {
  const start = new Uint8Array(8);
  new DataView(start.buffer).setUint32(0, length, true);
  expect(() => createFrameReader()(start)).toThrow(RangeError);
});
