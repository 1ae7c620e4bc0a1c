import { expect, it } from "vitest";

import type { CommandProblem } from "../../../src/commands/command.ts";
import { explainCommandProblem, explainRefusal } from "../../../src/commands/explain-refusal.ts";
import { parseComment } from "../../../src/commands/parse-comment.ts";
import type { Refusal } from "../../../src/domain/command-binding.ts";

const AT = Date.UTC(2026, 0, 1, 12);

it.for<[Refusal, RegExp]>([
  [
    { reason: "CommandEdited", createdAt: AT, updatedAt: AT + 60_000 },
    /12:00:00 UTC and changed at .* 12:01:00 UTC/,
  ],
  [{ reason: "CommandTooOld", ageMs: 16 * 60_000 }, /16 minutes old; after 15 minutes/],
  [{ reason: "CommandTooOld", ageMs: 30 * 24 * 3_600_000 }, /720 hours old/],
  [{ reason: "PermissionTooLow", permission: "read", needed: "write" }, /have `read`.*takes `write`/],
  [{ reason: "WrittenByMachine", login: "ci[bot]", isBot: true }, /`ci\[bot\]` is a bot/],
  [{ reason: "WrittenByMachine", login: "alice", isBot: false }, /in the name of `alice`/],
  [{ reason: "NotMerged" }, /never a pull request/],
  [{ reason: "NothingShown", headSha: "abcdef0123" }, /`abcdef0`/],
  [
    { reason: "HeadMoved", shownSha: "1111111aaa", headSha: "2222222bbb" },
    /`1111111` was shown; the head is `2222222`/,
  ],
])("states the facts of %j", ([refusal, facts]) => {
  const { problem, facts: found } = explainRefusal(refusal);
  expect(found.join(" ")).toMatch(facts);
  expect(problem).toMatchObject({ reason: refusal.reason, retryable: false });
  expect(problem.remedy).toMatch(/^Nothing was changed\. [A-Z`]/);
});

it.for([
  ["/synk web\n/sycn", /Did you mean `\/sync`/],
  ["/rollback web", /`\/rollback` will come/],
  ["/sync --prun", /Did you mean `--prune`/],
  ["/diff web", /takes none/],
] as const)("explains %j", ([comment, facts]) => {
  expect(
    problemsOf(comment)
      .flatMap((problem) => explainCommandProblem(problem).facts)
      .join(" "),
  ).toMatch(facts);
});

function problemsOf(comment: string): readonly CommandProblem[] {
  const reading = parseComment(comment);
  return reading.kind === "orders" ? reading.problems : [];
}
