import { describe, expect, it } from "vitest";
import type { SyncTaskSummary } from "../../../src/domain/sync-task.ts";
import { application, configMap, diffs, preview, problem, reports, status, unbalanced } from "./support.ts";

const TASK: SyncTaskSummary = {
  phase: "Sync",
  wave: 0,
  action: "create",
  group: "",
  version: "v1",
  kind: "ConfigMap",
  namespace: "shop",
  name: "a",
};
const PLAN = { application: "shop", revision: "a".repeat(40), guardDigest: "", rejected: [], untried: [] };

describe("replies", () => {
  it("states every fact that stood in a command's way, and the way out", () => {
    const text = reports().reply.refusal({
      command: "/sync `web`",
      problem: problem("It was shown for another commit", "Comment again after reading what is shown now."),
      facts: ["shown: `aaaaaaaaaaaa`", "now: `bbbbbbbbbbbb`"],
    });
    expect(text).toContain("`` /sync `web` `` was not carried out: It was shown for another commit");
    expect(text).toContain("- shown: `aaaaaaaaaaaa`\n- now: `bbbbbbbbbbbb`\n\nComment again");
  });

  it("speaks of the comment where there is no single command", () => {
    const text = reports().reply.refusal({ command: "", problem: problem("It was edited"), facts: [] });
    expect(text).toContain("**This comment was not carried out: It was edited**");
  });

  it.for([
    {
      name: "is not affected",
      isAffected: false,
      because: "",
      paths: [],
      is: "is not affected: it reads none",
    },
    {
      name: "is affected by paths",
      isAffected: true,
      because: "",
      paths: ["a/b"],
      is: "It reads:\n\n- `a/b`",
    },
    {
      name: "is affected by its definition",
      isAffected: true,
      because: "its definition changes",
      paths: [],
      is: ": its definition changes.",
    },
  ])("explains that an Application $name", ({ is, ...one }) => {
    const text = reports().reply.explain([{ ...one, namespace: "argocd", name: "web" }]);
    expect(text).toContain("**`web`** is");
    expect(text).toContain(is);
  });

  it("explains what is affected first, and says what holds for many once", () => {
    const many = Array.from({ length: 60 }, (_, index) => ({
      namespace: "argocd",
      name: `app-${index}`,
      isAffected: index > 57,
      because: "",
      paths: index > 57 ? ["a/b"] : [],
    }));
    const [first, ...rest] = reports().reply.explain(many).split("\n\n");
    expect(first).toBe("**`app-58` and `app-59`** are affected. They read:");
    expect(rest).toHaveLength(2);
    expect(rest[1]).toMatch(
      /^\*\*`app-0`, .* and 38 more\*\* are not affected: they read none of the changed/,
    );
  });

  it("lists commands with what stands in the way of each, now and for this person", () => {
    const text = reports().reply.help({
      login: "ada",
      commands: [
        { usage: "/sync [APP…]", summary: "syncs | all", refusedBecause: "this pull request is not merged" },
        { usage: "/diff", summary: "previews again", refusedBecause: "" },
      ],
    });
    expect(text).toContain("| `/sync [APP…]` | syncs \\| all | no: this pull request is not merged |");
    expect(text).toContain("| `/diff` | previews again | yes |");
  });

  it("shows a plan in its order, leaving out what is in sync", () => {
    const text = reports().reply.plan([
      {
        ...PLAN,
        tasks: [
          { ...TASK, phase: "PreSync", wave: -1, kind: "Job", name: "migrate" },
          TASK,
          { ...TASK, action: "skip", reason: "InSync", name: "same" },
          { ...TASK, action: "skip", reason: "PruneDisabled", name: "old" },
        ],
      },
    ]);
    expect(text).toContain("Create 2.");
    expect(text).toContain(
      "- create `Job shop/migrate` (PreSync, wave -1)\n- create `ConfigMap shop/a`\n- leave `ConfigMap shop/old`: pruning is off",
    );
    expect(text).not.toContain("same");
  });

  it("cuts a long plan and says by how much", () => {
    const tasks = Array.from({ length: 5_000 }, (_, index) => ({ ...TASK, name: `c${index}` }));
    const text = reports().reply.plan([{ ...PLAN, tasks }]);
    expect(text.length).toBeLessThan(25_000);
    expect(text).toMatch(/[0-9,]+ lines more/);
  });

  it("answers with the state of Applications", () => {
    const statuses = [status("shop"), status("web", { sync: "OutOfSync", outOfSyncCount: 1 })];
    expect(reports().reply.status({ statuses })).toContain("1 of 2 Applications not synced yet");
  });

  it("says of a sync that it has begun and where to look, and nothing that grows old", () => {
    const one = reports().reply.started({
      command: "/sync shop",
      applications: [{ namespace: "argocd", name: "shop" }],
    });
    expect(one).toContain("**`/sync shop`: the sync has begun**");
    expect(one).toContain("`shop`. The preview's comment above goes on telling what becomes of it");
    expect(one).not.toContain("Healthy");
    const many = Array.from({ length: 40 }, (_, index) => ({ namespace: "argocd", name: `app-${index}` }));
    const text = reports().reply.started({ command: "/sync", applications: many });
    expect(text).toContain("the sync of 40 Applications has begun");
    expect(text).toContain("`app-29`, 10 more. ");
  });
});

describe("notices", () => {
  it("names what a fork affects, renders nothing, and says who can allow it", () => {
    const { comment, check } = reports().forkNotice({
      base: { branch: "main", sha: "b".repeat(40) },
      headSha: "a".repeat(40),
      applications: [application("shop"), application("@team")],
    });
    expect(comment.split("\n")[0]).toMatch(/^<!-- plumbline:preview .*-->$/);
    expect(comment).toContain("it affects 2 Applications:\n\n- `shop`\n- `@team`");
    expect(comment).toContain("`aaaaaaaaaaaa`, by commenting `/diff`");
    expect(check.conclusion).toBe("action_required");
    expect(unbalanced(comment)).toBe("");
  });

  it("says what is under way, without a conclusion", () => {
    const check = reports().checkInProgress({ headSha: "a".repeat(40), baseSha: "", applications: 3 });
    expect(check).toMatchObject({ status: "in_progress", title: "Previewing 3 Applications", text: "" });
    expect(check.conclusion).toBeUndefined();
  });
});

describe("the terminal", () => {
  const all = preview([
    application("shop\u001b[31m", {
      effect: {
        kind: "ok",
        value: diffs([configMap("a\u202e", { a: "1" })], [configMap("a\u202e", { a: "2\u001b[0m" })]),
      },
    }),
    application("web", { effect: { kind: "failed", problem: problem("Helm could not render `x`") } }),
  ]);

  it("T144 shows hostile names without obeying them", () => {
    const text = reports().text(all);
    expect(text).not.toMatch(/[\u001b\u202e]/);
    expect(text).toContain("shop\\u001b[31m: 1 modified");
    expect(text).toContain('    @@ data.a @@\n    - "1"\n    + "2\\u001b[0m"');
    expect(text).toContain("web:\n  Helm could not render x");
  });

  it("gives scripts the same as data", () => {
    expect(JSON.parse(reports().json(all))).toMatchObject({
      head: "a".repeat(40),
      changes: { added: 0, modified: 1, removed: 0 },
      applications: [
        { objects: [{ change: "modified", kind: "ConfigMap", fields: [{ path: "data.a", before: "1" }] }] },
        { name: "web", problem: { title: "Helm could not render `x`" } },
      ],
    });
  });
});
