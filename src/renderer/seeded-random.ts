import { createHmac } from "node:crypto";

/** An endless stream of bytes. */
export interface RandomStream {
  fill(into: Uint8Array): void;
}

const BLOCK_BYTES = 32;

/**
 * The same seed gives the same stream, and nobody who lacks the seed can tell any of it: HMAC-SHA-256 of a counter,
 * with the seed as key. What templates draw from it becomes passwords and private keys.
 */
export function createSeededRandom(seed: string): RandomStream {
  let counter = 0;
  let block: Uint8Array = new Uint8Array(0);
  return {
    fill(into) {
      for (let at = 0; at < into.length; ) {
        if (block.length === 0) {
          block = createHmac("sha256", seed).update(`${counter}`).digest();
          counter += 1;
        }
        const part = block.subarray(0, Math.min(BLOCK_BYTES, into.length - at));
        into.set(part, at);
        at += part.length;
        block = block.subarray(part.length);
      }
    },
  };
}
