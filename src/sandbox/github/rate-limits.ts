import { ApiError } from "./api-error.ts";

/** GitHub's documented limits. @see https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api */
export interface RateLimitSettings {
  /** Requests an hour and installation. */
  readonly primary: number;
  /** Points a minute: a read is one, a write five. */
  readonly pointsPerMinute: number;
  /** Requests that make something people see. */
  readonly contentPerMinute: number;
  readonly contentPerHour: number;
  readonly concurrent: number;
}

export const GITHUB_LIMITS: RateLimitSettings = {
  primary: 5_000,
  pointsPerMinute: 900,
  contentPerMinute: 80,
  contentPerHour: 500,
  concurrent: 100,
};

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const WRITE_POINTS = 5;

/** What an answer's headers say of the primary quota. */
export interface Quota {
  readonly limit: number;
  readonly remaining: number;
  readonly used: number;
  /** Seconds since the epoch. */
  readonly reset: number;
}

export interface RateLimits {
  /**
   * Counts a request before it is served.
   * @returns what to call after the answer; a 304 costs nothing.
   * @throws ApiError 403 or 429 when it is one too many
   */
  begin(
    key: string,
    request: { readonly isWrite: boolean; readonly isContent: boolean },
  ): (outcome: { readonly isFree: boolean }) => void;
  quota(key: string): Quota;
  /** Uses up the primary quota of a key until a time. */
  exhaust(key: string, until: number): void;
}

interface Usage {
  used: number;
  resetAt: number;
  running: number;
  points: { at: number; points: number }[];
  content: number[];
}

export function createRateLimits(settings: RateLimitSettings, now: () => number): RateLimits {
  const usages = new Map<string, Usage>();

  function usageOf(key: string): Usage {
    const usage = usages.get(key) ?? {
      used: 0,
      resetAt: now() + HOUR_MS,
      running: 0,
      points: [],
      content: [],
    };
    if (usage.resetAt <= now()) Object.assign(usage, { used: 0, resetAt: now() + HOUR_MS });
    usage.points = usage.points.filter(({ at }) => at > now() - MINUTE_MS);
    usage.content = usage.content.filter((at) => at > now() - HOUR_MS);
    usages.set(key, usage);
    return usage;
  }

  function quota(key: string): Quota {
    const { used, resetAt } = usageOf(key);
    const remaining = Math.max(0, settings.primary - used);
    return { limit: settings.primary, remaining, used, reset: Math.ceil(resetAt / 1000) };
  }

  return {
    begin(key, { isWrite, isContent }) {
      const usage = usageOf(key);
      if (usage.used >= settings.primary) throw primaryLimit();
      const points =
        usage.points.reduce((sum, entry) => sum + entry.points, 0) + (isWrite ? WRITE_POINTS : 1);
      const lastMinute = usage.content.filter((at) => at > now() - MINUTE_MS).length;
      const isContentSpent =
        lastMinute >= settings.contentPerMinute || usage.content.length >= settings.contentPerHour;
      if (points > settings.pointsPerMinute || usage.running >= settings.concurrent) throw secondaryLimit(60);
      if (isContent && isContentSpent) throw secondaryLimit(60);
      usage.used += 1;
      usage.running += 1;
      usage.points.push({ at: now(), points: isWrite ? WRITE_POINTS : 1 });
      if (isContent) usage.content.push(now());
      return ({ isFree }) => {
        usage.running -= 1;
        if (isFree) usage.used -= 1;
      };
    },
    quota,
    exhaust(key, until) {
      Object.assign(usageOf(key), { used: settings.primary, resetAt: until });
    },
  };
}

function primaryLimit(): ApiError {
  return new ApiError(403, {
    message: "API rate limit exceeded for installation ID.",
    documentation_url: "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api",
    status: "403",
  });
}

/** @param retryAfterSeconds - what the header tells the client to wait. */
export function secondaryLimit(retryAfterSeconds: number, status: 403 | 429 = 403): ApiError {
  return new ApiError(
    status,
    {
      message: "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
      documentation_url:
        "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits",
      status: String(status),
    },
    { "retry-after": String(retryAfterSeconds) },
  );
}
