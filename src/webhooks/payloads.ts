import { z } from "zod";

import type { RepositoryScope } from "../domain/reconcile-request.ts";

/** Git refuses longer names on any file system. */
const REF_CHARS_MAX = 1_024;

export const Id = z.int().positive();
export const Sha = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/);
export const Ref = z.string().min(1).max(REF_CHARS_MAX);

/** What every delivery of a repository names. Ids only: names change, and are somebody else's tomorrow (T021). */
export const Scoped = z.object({
  installation: z.object({ id: Id }),
  repository: z.object({ id: Id }),
});

export function scopeOf(payload: z.infer<typeof Scoped>): RepositoryScope {
  return { installationId: payload.installation.id, repositoryId: payload.repository.id };
}

/** What tells our own doings from other people's. */
export interface Self {
  readonly appId: number;
}
