import type { PullRequest } from "../domain/github.ts";
import type { Problem } from "../domain/problem.ts";
import type { PreviewedChange } from "./change.ts";

/** A preview that names no Application, with the reason if there is any other than that none is affected. */
export function nothingPreviewed({ base, head }: PullRequest, problem: Problem | undefined): PreviewedChange {
  const preview = {
    base,
    headSha: head.sha,
    applications: [],
    applicationsConsidered: 0,
    ...(problem === undefined ? {} : { problem }),
    warnings: [],
  };
  return { preview: { ...preview, base: { branch: base.branch, sha: base.sha } }, shown: {} };
}
