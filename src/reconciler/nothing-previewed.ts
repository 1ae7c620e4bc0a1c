import type { PullRequest } from "../domain/github.ts";
import type { Problem } from "../domain/problem.ts";
import type { PreviewedChange } from "./change.ts";

/** A preview of which nothing came, with the reason. */
export function nothingPreviewed({ base, head }: PullRequest, problem: Problem): PreviewedChange {
  const preview = {
    base,
    headSha: head.sha,
    applications: [],
    applicationsConsidered: 0,
    problem,
    warnings: [],
  };
  return { preview: { ...preview, base: { branch: base.branch, sha: base.sha } }, shown: {} };
}
