import type { Clock } from "../../ports/clock.ts";

export interface InstallationToken {
  readonly token: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Tokens of installations: minted when first needed, kept in memory only, replaced before they end. */
export interface InstallationTokens {
  /** One request at most is under way for an installation. */
  tokenFor(installationId: number): Promise<InstallationToken>;
  /** GitHub refused this one: the next call mints another. */
  forget(installationId: number, token: string): void;
}

/** A request that starts now must not end with an ended token. GitHub's tokens live an hour. */
const RENEW_BEFORE_MS = 5 * 60_000;

export function createInstallationTokens(
  clock: Clock,
  mint: (installationId: number) => Promise<InstallationToken>,
): InstallationTokens {
  const kept = new Map<number, InstallationToken>();
  const minting = new Map<number, Promise<InstallationToken>>();
  return {
    async tokenFor(installationId) {
      const known = kept.get(installationId);
      if (known !== undefined && known.expiresAt - RENEW_BEFORE_MS > clock.now()) return known;
      const underWay = minting.get(installationId);
      if (underWay !== undefined) return underWay;
      const minted = mint(installationId).finally(() => minting.delete(installationId));
      minting.set(installationId, minted);
      const fresh = await minted;
      kept.set(installationId, fresh);
      return fresh;
    },
    forget(installationId, token) {
      if (kept.get(installationId)?.token === token) kept.delete(installationId);
    },
  };
}
