import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Command, CommentReading } from "../../../src/commands/command.ts";
import { formatCommand } from "../../../src/commands/format-command.ts";
import { COMMAND_HELP, LATER_WORDS } from "../../../src/commands/help.ts";
import { COMMANDS_PER_COMMENT_MAX, parseComment } from "../../../src/commands/parse-comment.ts";
import { COMMAND_VERBS } from "../../../src/domain/command-binding.ts";

/** `sync web --prune; !UnknownCommand`: commands as they would be written, problems by their kind, `-` for nothing. */
function say(reading: CommentReading): string {
  if (reading.kind === "none") return "-";
  if (reading.kind === "too-many") return `too many: ${reading.count}`;
  const commands = reading.commands.map(({ command }) => formatCommand(command).slice(1));
  return [...commands, ...reading.problems.map(({ kind }) => `!${kind}`)].join("; ");
}

function check([comment, expected]: readonly [string, string]): void {
  expect(say(parseComment(comment))).toBe(expected);
}

describe("what is a command", () => {
  it.for([
    ["/diff", "diff"],
    ["/DIFF", "diff"],
    ["/Sync Web", "!InvalidName"],
    ["/sync", "sync"],
    ["/sync web db", "sync web db"],
    ["/sync argocd/web", "sync argocd/web"],
    ["  /sync   web\t--prune  ", "sync web --prune"],
    ["/sync --dry-run web", "sync web --dry-run"],
    ["/sync --confirm 0123456789abcdef01234567", "sync --confirm 0123456789abcdef01234567"],
    ["/sync --confirm=0123456789abcdef", "sync --confirm 0123456789abcdef"],
    ["/refresh web", "refresh web"],
    ["/explain", "explain"],
    ["/explain web", "explain web"],
    ["/plumbline sync web", "sync web"],
    ["/plumbline", "help"],
    ["/Plumbline STATUS", "status"],
    ["Looks good.\n/diff\nThanks!", "diff"],
    ["/status\r\n/help\r\n", "status; help"],
    ["/sync web\n/status\n/plumbline sync  web", "sync web; status"],
    ["/sync web\n/sync web --prune", "sync web; sync web --prune"],
    ["/sync web\n/frobnicate\n/synk", "sync web; !UnknownCommand"],
  ] as const)("%j is %s", check);

  it.for([
    ["LGTM", "-"],
    ["", "-"],
    ["please /sync", "-"],
    ["- /sync", "-"],
    ["see /etc/passwd", "-"],
    ["/etc/passwd", "-"],
    ["/usr/bin", "-"],
    ["/usr", "-"],
    ["/", "-"],
    ["//sync", "-"],
    ["/sync/web", "-"],
    ["/sync. Then", "-"],
    ["/approve", "-"],
    ["/lgtm", "-"],
    ["/hold", "-"],
    ["/retest", "-"],
    ["/merge", "-"],
    ["/test all", "-"],
  ] as const)("%j is nothing of ours", check);

  it.for([
    ["/dif", "diff"],
    ["/sycn", "sync"],
    ["/synch web", "sync"],
    ["/refrehs", "refresh"],
    ["/stauts", "status"],
    ["/plumbline explian", "explain"],
  ] as const)("%j gets the nearest word: %s", ([comment, nearest]) => {
    expect(parseComment(comment)).toMatchObject({ problems: [{ kind: "UnknownCommand", nearest }] });
  });

  it.for(["/plumbline make-coffee", "/plumbine sync"])("%j clearly tries", (comment) => {
    expect(parseComment(comment)).toMatchObject({ commands: [], problems: [{ kind: "UnknownCommand" }] });
  });

  it("T031 tells words that come later by name", () => {
    for (const word of LATER_WORDS) {
      expect(parseComment(`/${word} web`)).toMatchObject({ problems: [{ kind: "NotBuiltYet", word }] });
    }
  });

  it("has help for every word", () => {
    expect(Object.keys(COMMAND_HELP).sort()).toEqual([...COMMAND_VERBS].sort());
  });
});

describe("what is said by nobody", () => {
  it.for([
    ["> /sync", "-"],
    ["> quoted\n/sync", "-"],
    ["> quoted\n\n/sync", "sync"],
    [" > > /sync", "-"],
    ["On Mon, 3 Aug 2026 at 10:00, Bob <bob@example.com> wrote:\n/sync", "-"],
    ["/diff\n\nOn Mon, 3 Aug 2026 at 10:00, Robert Bobson\n<bob@example.com> wrote:\n\n/sync", "diff"],
    ["-----Original Message-----\n/sync", "-"],
    ["On the whole this is fine.\n/sync", "sync"],
  ] as const)("T040 %j (quotations): %s", check);

  it.for([
    ["```\n/sync\n```", "-"],
    ["```sh\n/sync\n```\n/diff", "diff"],
    ["~~~\n/sync\n```\n/sync\n~~~\n/diff", "diff"],
    ["````\n```\n/sync\n````\n/diff", "diff"],
    ["```\n/sync", "-"],
    ["    /sync", "-"],
    ["\t/sync", "-"],
    ["   /sync", "sync"],
    ["`/sync`", "-"],
    ["a `code\n/sync\nspan` b", "-"],
    ["a `code\n\n/sync", "sync"],
    ["<!-- /sync -->", "-"],
    ["<!--\n/sync\n-->\n/diff", "diff"],
    ["/sync <!-- web -->", "-"],
    ["<pre>\n/sync\n</pre>\n/diff", "diff"],
    ["<details><summary>x</summary>\n\n/diff\n\n</details>", "diff"],
  ] as const)("T040 %j (code and hidden text): %s", check);

  it.for([
    ["／sync app", "!LookAlike"],
    ["/ѕync app", "!LookAlike"],
    ["／ｓｙｎｃ", "!LookAlike"],
    ["/K", "-"],
    ["/schön", "-"],
    ["/sync web\u202etxt", "!InvalidName"],
    ["/sync we\u200bb", "!InvalidName"],
    ["/sync —prune", "!InvalidName"],
    ["/sync\u00a0web", "-"],
  ] as const)("T042 %j (characters that look alike): %s", check);
});

describe("what may follow the word", () => {
  it.for([
    ["/sync app; rm -rf /", "!InvalidName"],
    ["/sync $(id)", "!InvalidName"],
    ["/sync `id`", "!InvalidName"],
    ["/sync -h", "!UnknownFlag"],
    ["/sync --kubeconfig=/x", "!UnknownFlag"],
    ["/sync app\n--force", "sync app"],
    ["/sync app --force", "!UnknownFlag"],
    ["/sync @alice", "!InvalidName"],
  ] as const)("T051 %j: %s", check);

  it.for([
    ["/sync ../../other", "!InvalidName"],
    ["/sync prod/*", "!InvalidName"],
    ["/sync __proto__", "!InvalidName"],
    ["/sync constructor", "sync constructor"],
    ["/sync a/b/c", "!InvalidName"],
    ["/sync /web", "!InvalidName"],
    ["/sync -", "!UnknownFlag"],
  ] as const)("T052 %j: %s", check);

  it.for([
    ["/sync app --revision 0123456789012345678901234567890123456789", "!UnknownFlag"],
    ["/sync app --revision -x", "!UnknownFlag"],
    ["/sync app@{u}", "!InvalidName"],
    ["/sync main:path", "!InvalidName"],
  ] as const)("T053 T054 no revision can be named: %j", check);

  it.for([
    ["/sync --prune --prune", "!RepeatedFlag"],
    ["/sync --confirm", "!MissingValue"],
    ["/sync --confirm --prune", "!MissingValue"],
    ["/sync --confirm nothex00", "!InvalidDigest"],
    ["/sync --confirm 0123", "!InvalidDigest"],
    ["/sync --prun", "!UnknownFlag"],
    ["/diff web", "!TooManyNames"],
    ["/explain a b", "!TooManyNames"],
    [`/sync ${"a ".repeat(51)}`, "!TooManyNames"],
  ] as const)("%j: %s", check);

  it("shows back nothing that could play tricks", () => {
    const reading = parseComment(`/sync \u202e${"x".repeat(500)}`);
    const texts = reading.kind === "orders" ? reading.problems.map(({ text }) => text) : [];
    expect(texts).toHaveLength(1);
    expect(texts[0]).toMatch(/^\/sync \\u\{202e\}x+…$/);
    expect(texts[0]?.length).toBeLessThanOrEqual(80);
  });
});

describe("how much a comment may hold", () => {
  it("T043 reads two commands, and refuses two hundred as a whole", () => {
    check(["/diff\n/sync web", "diff; sync web"]);
    const most = Array.from({ length: COMMANDS_PER_COMMENT_MAX }, (_, index) => `sync app-${index}`);
    check([most.map((command) => `/${command}`).join("\n"), most.join("; ")]);
    check(["/diff\n".repeat(200), "too many: 200"]);
  });

  // Anything that grew faster than the text would not be over within the time a test has.
  it("reads to the end whatever is written", () => {
    for (const text of ["`", "> ", "<!--", "On x wrote:", "\t", "~~~\n"]) check([text.repeat(40_000), "-"]);
    expect(say(parseComment("/sync ".repeat(40_000)))).toMatch(/^!/);
  });
});

const NAMES = fc.constantFrom("web", "db", "argocd/web", "a.b-c", "x1");
const COMMANDS: fc.Arbitrary<Command> = fc.oneof(
  fc.constantFrom<Command>(
    { verb: "diff", confirm: "" },
    { verb: "diff", confirm: "0123456789ab" },
    { verb: "status" },
    { verb: "help" },
  ),
  fc.record({
    verb: fc.constant("sync" as const),
    applications: fc.array(NAMES, { maxLength: 5 }),
    prune: fc.boolean(),
    confirm: fc.constantFrom("", "0123456789abcdef01234567"),
    dryRun: fc.boolean(),
  }),
  fc.record({ verb: fc.constant("refresh" as const), applications: fc.array(NAMES, { maxLength: 5 }) }),
  fc.record({ verb: fc.constant("explain" as const), application: fc.option(NAMES, { nil: undefined }) }),
);

describe("T313 the grammar", () => {
  it("reads what it prints", () => {
    fc.assert(
      fc.property(COMMANDS, (command) => {
        expect(parseComment(formatCommand(command))).toEqual({
          kind: "orders",
          commands: [{ command, line: 1 }],
          problems: [],
        });
      }),
    );
  });

  it("never throws, and gives a command only for a line that begins with its word", () => {
    const pieces = fc.constantFrom(
      "/",
      "sync",
      "diff",
      " ",
      "\n",
      "`",
      "```",
      "> ",
      "<!--",
      "-->",
      "--prune",
      "ѕ",
      "\u202e",
      "web",
    );
    const texts = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(pieces, { maxLength: 30 }).map((all) => all.join("")),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const reading = parseComment(text);
        if (reading.kind !== "orders") return;
        const lines = text.split(/\r\n|\n|\r/);
        for (const { command, line } of reading.commands) {
          expect(lines[line - 1]).toMatch(
            new RegExp(`^ {0,3}/(?:plumbline[ \\t]+)?${command.verb}(?:[ \\t]|$)`, "i"),
          );
        }
      }),
      { numRuns: 500 },
    );
  });
});
