/** Argo CD's six words, best to worst (argocd-behaviour §7.3). */
export const HEALTH_STATUSES = [
  "Healthy",
  "Suspended",
  "Progressing",
  "Missing",
  "Degraded",
  "Unknown",
] as const;

export type HealthStatus = (typeof HEALTH_STATUSES)[number];

export interface Health {
  readonly status: HealthStatus;
  /** Why, in the object's own words; `""` where there is nothing to say. */
  readonly message: string;
}

/** Negative when `a` is better than `b`. */
export function compareHealth(a: HealthStatus, b: HealthStatus): number {
  return HEALTH_STATUSES.indexOf(a) - HEALTH_STATUSES.indexOf(b);
}
