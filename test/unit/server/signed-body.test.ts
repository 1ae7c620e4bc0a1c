import { createHmac } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { PassThrough } from "node:stream";

import { describe, expect, it } from "vitest";

import { claimedSignature, readSignedBody, type SignedBodyLimits } from "../../../src/server/signed-body.ts";

const SECRET = "a secret";

/** What is held now, and at most so much of it. */
function memoryOf(max: number) {
  let held = 0;
  return {
    held: () => held,
    take(bytes: number): boolean {
      held += bytes;
      return held <= max;
    },
    giveBack(bytes: number): void {
      held -= bytes;
    },
  };
}

function start(limits: Partial<SignedBodyLimits> & Pick<SignedBodyLimits, "memory">, signed = "hello") {
  const stream = new PassThrough();
  const signature = createHmac("sha256", SECRET).update(signed).digest();
  const result = readSignedBody(
    stream as unknown as IncomingMessage,
    { signature, secrets: ["another", SECRET] },
    { bytesMax: 1_000, timeoutMs: 5_000, ...limits },
  );
  return { stream, result };
}

describe("a signed body", () => {
  it("is verified by any of the secrets, in as many pieces as it comes", async () => {
    const memory = memoryOf(1_000);
    const { stream, result } = start({ memory });
    stream.write("hel");
    stream.end("lo");
    expect(await result).toEqual({ kind: "verified", body: Buffer.from("hello") });
    expect(memory.held()).toBe(0);
  });

  it.for<[string, number, Partial<SignedBodyLimits>, number, (stream: PassThrough) => void]>([
    ["one byte more", 401, {}, 1_000, (stream) => stream.end("hello!")],
    ["too much", 413, { bytesMax: 4 }, 1_000, (stream) => stream.write("hello")],
    ["T007 too much of all together", 503, {}, 4, (stream) => stream.write("hello")],
    ["T008 too slow", 408, { timeoutMs: 5 }, 1_000, (stream) => stream.write("h")],
    ["broken off", 400, {}, 1_000, (stream) => stream.destroy()],
    ["broken", 400, {}, 1_000, (stream) => stream.destroy(new Error("reset"))],
  ])("that is %s is answered with %i, and gives its memory back", async ([, status, limits, max, send]) => {
    const memory = memoryOf(max);
    const { stream, result } = start({ memory, ...limits });
    stream.on("error", () => undefined);
    send(stream);
    expect(await result).toMatchObject({ kind: "refused", status });
    expect(memory.held()).toBe(0);
  });
});

it.for([
  [`sha256=${"a".repeat(64)}`, true],
  [`SHA256=${"A".repeat(64)}`, true],
  [`sha256=${"a".repeat(63)}`, false],
  [`sha256=${"g".repeat(64)}`, false],
  [`sha1=${"a".repeat(40)}`, false],
  ["", false],
  [undefined, false],
] as const)("%j claims a signature: %s", ([header, isOne]) => {
  expect(claimedSignature(header) !== undefined).toBe(isOne);
});
