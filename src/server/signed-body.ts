import { createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

export interface Refused {
  readonly kind: "refused";
  readonly status: number;
  readonly words: string;
}

export type SignedBody = { readonly kind: "verified"; readonly body: Buffer } | Refused;

/** What unverified bodies hold, all together. */
export interface BodyMemory {
  /** @returns false when that is too much. */
  take(bytes: number): boolean;
  giveBack(bytes: number): void;
}

export interface SignedBodyLimits {
  readonly bytesMax: number;
  readonly timeoutMs: number;
  readonly memory: BodyMemory;
}

/** As GitHub writes it: `sha256=` and the digest. */
const SIGNATURE = /^sha256=([0-9a-f]{64})$/i;

/** The digest that a header claims, `undefined` where it claims none of SHA-256 (T001, T003). */
export function claimedSignature(header: string | readonly string[] | undefined): Buffer | undefined {
  const [, hex] = typeof header === "string" ? (SIGNATURE.exec(header) ?? []) : [];
  return hex === undefined ? undefined : Buffer.from(hex, "hex");
}

/**
 * Reads a body and checks, over the very bytes that came, that one of the secrets signed it. Gives up as soon as it is
 * too much or too slow; all secrets are tried, so that the time taken tells nothing.
 */
export function readSignedBody(
  request: IncomingMessage,
  { signature, secrets }: { readonly signature: Buffer; readonly secrets: readonly string[] },
  { bytesMax, timeoutMs, memory }: SignedBodyLimits,
): Promise<SignedBody> {
  const hashes = secrets.map((secret) => createHmac("sha256", secret));
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve) => {
    const settle = (result: SignedBody): void => {
      clearTimeout(timer);
      request.off("data", read).off("end", end).off("error", broken).off("close", broken);
      memory.giveBack(size);
      resolve(result);
    };
    const refuse = (status: number, words: string): void => settle({ kind: "refused", status, words });
    const timer = setTimeout(() => refuse(408, "Too slow"), timeoutMs);
    const broken = (): void => refuse(400, "The body ended early");
    const read = (chunk: Buffer): void => {
      size += chunk.length;
      const hasRoom = memory.take(chunk.length);
      if (size > bytesMax) refuse(413, "Too large");
      else if (!hasRoom) refuse(503, "Too busy");
      else {
        chunks.push(chunk);
        for (const hash of hashes) hash.update(chunk);
      }
    };
    const end = (): void => {
      const matches = hashes.map((hash) => timingSafeEqual(hash.digest(), signature));
      if (matches.includes(true)) settle({ kind: "verified", body: Buffer.concat(chunks) });
      else refuse(401, "The signature does not match");
    };
    request.on("data", read).once("end", end).once("error", broken).once("close", broken);
  });
}
