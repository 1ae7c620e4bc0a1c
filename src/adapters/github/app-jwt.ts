import { createSign } from "node:crypto";

/** The App's own identity. */
export interface AppCredentials {
  readonly appId: number;
  /** PEM, PKCS#1 as GitHub hands it out, or PKCS#8. */
  readonly privateKey: string;
}

/** GitHub refuses tokens from its future: clocks may differ by this much (T267). */
const CLOCK_MARGIN_SECONDS = 60;
/** GitHub allows ten minutes, counted by its own clock. */
const LIFETIME_SECONDS = 8 * 60;

/** A token that proves to be the App. @param now - milliseconds since the epoch, by GitHub's clock as far as known. */
export function signAppJwt({ appId, privateKey }: AppCredentials, now: number): string {
  const seconds = Math.floor(now / 1000);
  const claims = { iat: seconds - CLOCK_MARGIN_SECONDS, exp: seconds + LIFETIME_SECONDS, iss: String(appId) };
  const signed = `${encode({ alg: "RS256", typ: "JWT" })}.${encode(claims)}`;
  return `${signed}.${createSign("RSA-SHA256").update(signed).sign(privateKey, "base64url")}`;
}

function encode(part: unknown): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}
