import { describe, expect, it } from "vitest";

import {
  COMMAND_AGE_MS_MAX,
  type CommandCase,
  type CommandVerb,
  judgeCommand,
  type ShownState,
} from "../../../src/domain/command-binding.ts";
import { type Comment, PERMISSIONS, type PullRequest } from "../../../src/domain/github.ts";

const AT = Date.UTC(2026, 0, 1, 12);
const COMMENT: Comment = {
  id: 1,
  pullRequestNumber: 7,
  authorId: 5,
  authorLogin: "alice",
  authorType: "User",
  viaAppId: undefined,
  body: "/sync",
  createdAt: AT,
  updatedAt: AT,
};
const OPEN: PullRequest = {
  number: 7,
  title: "More",
  state: "open",
  isMerged: false,
  isDraft: false,
  mergeCommitSha: undefined,
  base: { branch: "main", sha: "b" },
  head: { branch: "more", sha: "B" },
  isFork: false,
  authorId: 5,
  updatedAt: AT,
  url: "",
};
const MERGED: PullRequest = { ...OPEN, state: "closed", isMerged: true, mergeCommitSha: "m" };
const SHOWN: readonly ShownState[] = [
  { headSha: "A", shownAt: AT - 120_000 },
  { headSha: "B", shownAt: AT - 60_000 },
];

type Changes = Partial<Omit<CommandCase<ShownState>, "comment">> & { readonly comment?: Partial<Comment> };

/** `accepted`, `accepted B`, or the reason. */
function judge(verb: CommandVerb, { comment, ...changes }: Changes = {}): string {
  const judgement = judgeCommand({
    verb,
    comment: { ...COMMENT, ...comment },
    permission: "write",
    pullRequest: verb === "sync" ? MERGED : OPEN,
    shown: SHOWN,
    now: AT + 1_000,
    ...changes,
  });
  if (judgement.kind === "refused") return judgement.refusal.reason;
  return `accepted ${judgement.shown?.headSha ?? ""}`.trim();
}

describe("who", () => {
  it("T025 T027 T031 asks for write to act and read to ask, and for nothing less", () => {
    const allowed = (verb: CommandVerb) =>
      PERMISSIONS.filter((permission) => judge(verb, { permission }).startsWith("accepted"));
    for (const verb of ["sync", "diff", "refresh"] as const)
      expect(allowed(verb)).toEqual(["write", "maintain", "admin"]);
    for (const verb of ["status", "help", "explain"] as const) {
      expect(allowed(verb)).toEqual(["read", "triage", "write", "maintain", "admin"]);
    }
    expect(judge("sync", { permission: "triage" })).toBe("PermissionTooLow");
  });

  it.for([
    ["T047 ours", { authorType: "Bot", viaAppId: 17 }],
    ["another bot's", { authorType: "Bot" }],
    ["T049 a person's, written by an App", { viaAppId: 99 }],
  ] as const)("refuses a comment that is %s, before it asks anything else", ([, comment]) => {
    expect(judge("sync", { comment, permission: "none" })).toBe("WrittenByMachine");
  });
});

describe("when", () => {
  it.for(["sync", "diff", "status"] as const)("T037 T039 refuses an edited comment: %s", (verb) => {
    expect(judge(verb, { comment: { updatedAt: AT + 1_000 } })).toBe("CommandEdited");
  });

  it("T017 refuses what is read a quarter of an hour late", () => {
    expect(judge("sync", { now: AT + COMMAND_AGE_MS_MAX })).toBe("accepted B");
    expect(judge("sync", { now: AT + COMMAND_AGE_MS_MAX + 1 })).toBe("CommandTooOld");
    expect(judge("help", { now: AT + 30 * 24 * 3_600_000 })).toBe("CommandTooOld");
  });
});

describe("where", () => {
  const closed: PullRequest = { ...OPEN, state: "closed" };

  it.for([
    ["sync", OPEN, "NotMerged"],
    ["sync", { ...OPEN, isDraft: true }, "NotMerged"],
    ["sync", closed, "PullRequestClosed"],
    ["sync", MERGED, "accepted B"],
    ["diff", OPEN, "accepted"],
    ["diff", MERGED, "PullRequestClosed"],
    ["diff", closed, "PullRequestClosed"],
    ["status", MERGED, "accepted"],
    ["help", closed, "accepted"],
    ["refresh", MERGED, "accepted"],
  ] as const)("T044 %s on one that is %j: %s", ([verb, pullRequest, expected]) => {
    expect(judge(verb, { pullRequest })).toBe(expected);
  });
});

describe("what was seen", () => {
  it.for<[string, readonly ShownState[], string]>([
    ["nothing", [], "NothingShown"],
    ["the head", SHOWN, "accepted B"],
    ["the head, in any order", [...SHOWN].reverse(), "accepted B"],
    ["an older commit only", SHOWN.slice(0, 1), "HeadMoved"],
    ["the head in the same second", [{ headSha: "B", shownAt: AT }], "NothingShown"],
    ["the head a second later", [...SHOWN.slice(0, 1), { headSha: "B", shownAt: AT + 1_000 }], "HeadMoved"],
    ["the head, then an older one again", [...SHOWN, { headSha: "A", shownAt: AT - 1_000 }], "HeadMoved"],
  ])("T036 a sync is bound to it: %s", ([, shown, expected]) => {
    expect(judge("sync", { shown })).toBe(expected);
  });

  it("T046 binds what lets a stranger's files be rendered", () => {
    const pullRequest = { ...OPEN, isFork: true };
    expect(judge("diff", { pullRequest })).toBe("accepted B");
    expect(judge("diff", { pullRequest, shown: SHOWN.slice(0, 1) })).toBe("HeadMoved");
    expect(judge("diff", { pullRequest, shown: [] })).toBe("NothingShown");
    expect(judge("diff", { pullRequest, permission: "triage" })).toBe("PermissionTooLow");
  });
});
