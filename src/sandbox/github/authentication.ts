import { randomBytes, verify } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

import { apiError } from "./api-error.ts";
import type { Actor, AppPermissions, InstallationState } from "./model.ts";
import type { World } from "./world.ts";

/** GitHub refuses JWTs that live longer. @see https://docs.github.com/apps (generating a JSON Web Token) */
const JWT_LIFETIME_SECONDS_MAX = 600;
export const TOKEN_LIFETIME_MS = 60 * 60 * 1000;

export interface InstallationToken {
  readonly token: string;
  readonly installation: InstallationState;
  readonly permissions: AppPermissions;
  readonly expiresAt: number;
}

/** Who a request comes from, by what it carries. */
export interface Authentication {
  /** For the API: `Bearer` or `token`. @throws ApiError 401 */
  actorOf(headers: IncomingHttpHeaders): Actor;
  /** For Git: the password of Basic, which is a token. @throws ApiError 401 */
  gitActorOf(headers: IncomingHttpHeaders): Actor;
  mint(installation: InstallationState, permissions: AppPermissions): InstallationToken;
  /** Every token minted so far stops working, as after a revocation. */
  revokeAll(): void;
}

export function createAuthentication(world: World): Authentication {
  const tokens = new Map<string, InstallationToken>();

  function tokenActor(token: string): Actor {
    const minted = tokens.get(token);
    if (minted !== undefined) {
      if (minted.expiresAt <= world.now()) throw apiError(401, "Bad credentials");
      const { installation, permissions } = minted;
      return { kind: "installation", installation, permissions, account: world.app.bot };
    }
    const account = [...world.accounts.values()].find((one) => one.token === token);
    if (account === undefined) throw apiError(401, "Bad credentials");
    return { kind: "user", account };
  }

  return {
    actorOf(headers) {
      const [, token] = /^(?:bearer|token) +(\S+)$/i.exec(headers.authorization ?? "") ?? [];
      if (headers.authorization === undefined) return { kind: "anonymous" };
      if (token === undefined) throw apiError(401, "Bad credentials");
      if (token.split(".").length !== 3) return tokenActor(token);
      checkJwt(world, token);
      return { kind: "app" };
    },
    gitActorOf(headers) {
      if (headers.authorization === undefined) return { kind: "anonymous" };
      const [, encoded = ""] = /^basic +(\S+)$/i.exec(headers.authorization) ?? [];
      const [, password = ""] = /^[^:]*:(.*)$/.exec(Buffer.from(encoded, "base64").toString("utf8")) ?? [];
      return tokenActor(password);
    },
    mint(installation, permissions) {
      const token = `ghs_${randomBytes(18).toString("hex")}`;
      const minted = { token, installation, permissions, expiresAt: world.now() + TOKEN_LIFETIME_MS };
      tokens.set(token, minted);
      return minted;
    },
    revokeAll: () => tokens.clear(),
  };
}

function checkJwt(world: World, jwt: string): void {
  const [header = "", claims = "", signature = ""] = jwt.split(".");
  const signed = Buffer.from(`${header}.${claims}`);
  const isOurs = verify("RSA-SHA256", signed, world.app.publicKey, Buffer.from(signature, "base64url"));
  if (!isOurs || parsePart(header)["alg"] !== "RS256") {
    throw apiError(401, "A JSON web token could not be decoded");
  }
  const { iat, exp, iss } = parsePart(claims);
  const now = world.now() / 1000;
  if (String(iss) !== String(world.app.id)) throw apiError(401, "Integration not found");
  if (typeof iat !== "number" || iat > now) {
    throw apiError(
      401,
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    );
  }
  if (typeof exp !== "number" || exp <= now) {
    throw apiError(
      401,
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    );
  }
  if (exp > now + JWT_LIFETIME_SECONDS_MAX) {
    throw apiError(401, "'Expiration time' claim ('exp') is too far in the future");
  }
}

function parsePart(part: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString("utf8")) as Record<string, unknown>;
  } catch {
    throw apiError(401, "A JSON web token could not be decoded");
  }
}
