import { hash } from "node:crypto";

/** {@link Digest} by Node's own SHA-256. */
export function sha256(text: string): string {
  return hash("sha256", text, "hex");
}
