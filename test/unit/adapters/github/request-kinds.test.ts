import { expect, it } from "vitest";

import { kindOfRequest } from "../../../../src/adapters/github/request-kinds.ts";

const NAME = { owner: "octo", repo: "shop" };

it.for([
  ["GET", "/repos/{owner}/{repo}/pulls", {}, "read repeatable"],
  ["POST", "/repos/{owner}/{repo}/check-runs", { head_sha: "a" }, "write once octo/shop/a"],
  [
    "PATCH",
    "/repos/{owner}/{repo}/check-runs/{check_run_id}",
    { check_run_id: 3 },
    "write repeatable octo/shop/3",
  ],
  [
    "POST",
    "/repos/{owner}/{repo}/issues/{issue_number}/comments",
    { issue_number: 7 },
    "content once octo/shop/7",
  ],
  [
    "PATCH",
    "/repos/{owner}/{repo}/issues/comments/{comment_id}",
    { comment_id: 9 },
    "write repeatable octo/shop/9",
  ],
  ["POST", "/repos/{owner}/{repo}/statuses/{sha}", { sha: "a" }, "content repeatable octo/shop/a"],
  ["POST", "/repos/{owner}/{repo}/anything-else", {}, "write once"],
  ["POST", "/app/installations/{installation_id}/access_tokens", {}, "write repeatable"],
] as const)("%s %s is %4$s", ([method, url, parameters, expected]) => {
  const { ask, isRepeatable, operation } = kindOfRequest({ method, url, ...NAME, ...parameters });
  expect(`${ask.cost} ${isRepeatable ? "repeatable" : "once"} ${ask.lane}`.trim()).toBe(expected);
  expect(operation).toBe(`${method} ${url}`);
});

it("ranks the verdict before words before lights", () => {
  const rank = (method: string, url: string) => kindOfRequest({ method, url }).ask.rank;
  const check = rank("PATCH", "/repos/{owner}/{repo}/check-runs/{check_run_id}");
  const comment = rank("POST", "/repos/{owner}/{repo}/issues/{issue_number}/comments");
  const status = rank("POST", "/repos/{owner}/{repo}/statuses/{sha}");
  expect(check).toBeLessThan(comment);
  expect(comment).toBeLessThan(status);
});
