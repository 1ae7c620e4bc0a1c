import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/domain/json.ts";
import type { ApplicationPreview, Preview } from "../../../src/domain/preview.ts";
import { type Budget, COMMENT_BUDGET, measure } from "../../../src/report/budget.ts";
import { PREVIEW_MARKER } from "../../../src/report/comment.ts";
import { html, tagsOf } from "./markup.ts";
import {
  application,
  configMap,
  diffs,
  manifest,
  PATIENCE,
  preview,
  problem,
  reports,
  unbalanced,
} from "./support.ts";

const HOSTILE = [
  "</details>",
  "<img src=http://sink.example/>",
  "<script>alert(1)</script>",
  "```",
  "````\n```",
  "[x](javascript:alert(1))",
  "@everyone @org/team",
  "| --- | a\nb",
  "\u202egnp.exe",
  `${PREVIEW_MARKER} head=x -->`,
  "<!--",
  "fixes #1 GH-2 org/repo#3",
  "__proto__",
  "constructor",
  "🚀".repeat(40),
  "x".repeat(3_000),
];

function changed(size: number, fill: string): ApplicationPreview["effect"] {
  const text = (seed: string): JsonObject => ({ "a.txt": `${fill}${seed}\n`.repeat(size) });
  return { kind: "ok", value: diffs([configMap("c", text("1"))], [configMap("c", text("2"))]) };
}

function manyObjects(count: number, name: string): ApplicationPreview {
  const objects = Array.from({ length: count }, (_, index) =>
    configMap(`${name}-${index}`, { a: "x".repeat(100) }),
  );
  return application(name, { effect: { kind: "ok", value: diffs([], objects) } });
}

const LAYOUT =
  /^(?:details|summary|b|sub|p|code|pre|h[1-6]|strong|em|hr|ul|li|blockquote|table|thead|tbody|tr|th|td)$/;

/** Nothing but our own layout has a meaning to GitHub: no image, link, comment, mention or reference comes through. */
function expectSafe(markdown: string): void {
  expect(unbalanced(markdown)).toBe("");
  const markup = html(markdown);
  expect(tagsOf(markup).filter((tag) => !LAYOUT.test(tag))).toEqual([]);
  const spoken = markup.replaceAll(/<code[^>]*>.*?<\/code>/gs, "");
  expect(spoken).not.toMatch(/@[a-z]|(?<!&)#[0-9]|GH-[0-9]|<!--|:\/\//i);
  expect(markdown).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
}

describe("reportComment", () => {
  it("begins with the marker, and the body is all that follows its line", () => {
    const { markdown, body } = reports().comment(preview([]));
    expect(markdown.startsWith(`${PREVIEW_MARKER} `)).toBe(true);
    expect(markdown.slice(markdown.indexOf("\n") + 1)).toBe(body);
    expect(body).toContain("No Application is affected");
  });

  it("is the same text for the same preview", () => {
    const same = (): Preview => preview([manyObjects(3, "shop")]);
    expect(reports().comment(same()).markdown).toBe(reports().comment(same()).markdown);
  });

  it.for([
    [[true], "After the merge, 1 Application syncs by itself. Base"],
    [[false, false], "After the merge, 2 Applications are synced with `/sync`. Base"],
    [
      [true, true, false],
      "After the merge, 2 Applications sync by themselves, and 1 Application is synced with `/sync`. Base",
    ],
    [[], "<sub>Base"],
  ] as const)("says in one sentence who acts after the merge (%j)", ([automated, sentence]) => {
    const applications = automated.map((one, index) => application(`app-${index}`, { automated: one }));
    expect(reports().comment(preview(applications)).body).toContain(sentence);
  });

  it("says nothing of live state that was not asked for", () => {
    const { body } = reports().comment(preview([manyObjects(1, "shop")]));
    expect(body).not.toContain("The cluster now");
    expect(body).not.toContain("What the cluster already differs in");
    expect(body).not.toContain("What a sync would do");
  });

  it("puts danger before everything else", () => {
    const { body } = reports().comment(
      preview([
        application("shop", { effect: { kind: "ok", value: diffs([manifest("Namespace", "prod")], []) } }),
      ]),
    );
    expect(body.indexOf("Look at this first")).toBeGreaterThan(0);
    expect(body.indexOf("Look at this first")).toBeLessThan(body.indexOf("<details"));
  });

  it.for<[ApplicationPreview["onRemoval"], string, boolean]>([
    ["orphan", "Its objects stay in the cluster: it has no resources finalizer.", false],
    ["delete", "Its finalizer has its objects deleted after the merge, but for those that hold data", false],
    ["deleteWithData", "those that hold data as well", true],
  ])(
    "T287 says what becomes of the objects of an Application that is removed: %s",
    ([onRemoval, says, loses]) => {
      const effect = { kind: "ok", value: diffs([manifest("Namespace", "prod")], []) } as const;
      const { body } = reports().comment(
        preview([application("shop", { definition: "removed", onRemoval, effect })]),
      );
      expect(body).toContain(says);
      expect(body.includes("would be pruned, with everything that is in it")).toBe(loses);
      expect(body.includes("is removed, and its objects with it")).toBe(onRemoval !== "orphan");
    },
  );

  it.for(HOSTILE)("T135 T137 T139 T141 T142 keeps %j inert wherever it stands", (text) => {
    const effect = {
      kind: "ok" as const,
      value: diffs(
        [configMap(text, { [text]: text, t: `${text}\nx` })],
        [configMap(text, { [text]: `${text} changed`, t: `${text}\ny` }), manifest(text, "new")],
      ),
    };
    const all = preview(
      [
        application(text, {
          effect,
          because: [text],
          destination: text,
          warnings: [text],
          previewOnly: [text],
        }),
        application("broken", { effect: { kind: "failed", problem: problem(text, `${text}\n\n- ${text}`) } }),
        application("live", {
          drift: {
            kind: "ok",
            value: {
              revision: "c".repeat(40),
              sync: "OutOfSync",
              health: { status: "Degraded", message: text },
              objects: effect.value,
            },
          },
          dryRun: {
            kind: "ok",
            value: {
              tasks: [],
              guardDigest: text,
              rejected: [{ object: text, message: text }],
              untried: [text],
            },
          },
        }),
      ],
      { base: { branch: text, sha: text }, warnings: [problem(text)] },
    );
    expectSafe(reports().comment(all).body);
    const { summary, text: details } = reports().check(all);
    expectSafe(summary);
    expectSafe(details);
    expectSafe(reports().comment(preview([], { problem: problem(text, text) })).body);
  });

  it.for([0, 100, 64_000, 65_000, 65_535, 65_536, 65_537, 500_000])(
    "T145 fits a diff of %i characters, and tells what it leaves out",
    (size) => {
      const all = preview([application("shop", { effect: changed(size / 20, "ä🚀 line\u0301 ") })]);
      const { markdown, omitted } = reports().comment(all);
      const { chars, bytes } = measure(markdown);
      expect(chars).toBeLessThanOrEqual(COMMENT_BUDGET.chars);
      expect(bytes).toBeLessThanOrEqual(COMMENT_BUDGET.bytes);
      expect(unbalanced(markdown)).toBe("");
      expect(omitted.objects).toBe(size > 60_000 ? 1 : 0);
      if (omitted.objects > 0)
        expect(markdown).toMatch(/lines more(?:.|\n)*1 object is not, or not fully, shown here/);
    },
  );

  it("T102 summarises 500 Applications with 20 objects each, counting what it leaves out", PATIENCE, () => {
    const all = Array.from({ length: 500 }, (_, index) => manyObjects(20, `app-${index}`));
    const { markdown, omitted } = reports().comment(preview(all));
    expect(markdown.length).toBeLessThanOrEqual(COMMENT_BUDGET.chars);
    expect(unbalanced(markdown)).toBe("");
    const shown = markdown.match(/<summary><b>added<\/b>/g)?.length ?? 0;
    expect(shown).toBeGreaterThan(0);
    const cut = markdown.match(/lines? more/g)?.length ?? 0;
    expect(omitted.objects).toBe(10_000 - shown + cut);
    expect(markdown).toContain(`${omitted.objects.toLocaleString("en-US")} objects`);
    expect(markdown).toMatch(/the details of [0-9]+ Applications/);
  });

  it("T102 stops reading a diff of 40 MB where the room ends", PATIENCE, () => {
    const huge = configMap("huge", { a: "some line of text\n".repeat(2_200_000) });
    const all = preview([application("shop", { effect: { kind: "ok", value: diffs([], [huge]) } })]);
    const { markdown, omitted } = reports().comment(all);
    expect(markdown.length).toBeLessThanOrEqual(COMMENT_BUDGET.chars);
    expect(omitted.objects).toBe(1);
    expect(markdown).toContain("more than 100,000 lines more");
  });

  it("shows whole objects before parts of one", () => {
    const objects = [configMap("big", { a: "line\n".repeat(30_000) }), configMap("small", { a: "tiny" })];
    const { body } = reports().comment(
      preview([application("shop", { effect: { kind: "ok", value: diffs([], objects) } })]),
    );
    expect(body).toContain("tiny");
    expect(body.match(/lines more/g)).toHaveLength(1);
  });

  it("is balanced and within any budget", PATIENCE, () => {
    const word = fc.oneof(fc.constantFrom(...HOSTILE), fc.string(), fc.string({ unit: "binary" }));
    const one = fc
      .record({
        name: word,
        keys: fc.array(word, { maxLength: 4 }),
        lines: fc.nat(40),
        because: fc.array(word),
      })
      .map(({ name, keys, lines, because }) => {
        const data = Object.fromEntries(keys.map((key) => [key, `${key}\n`.repeat(lines)])) as JsonObject;
        const objects = diffs([configMap("c", data)], [configMap("c", { a: "b" }), configMap(name, data)]);
        return application(name, { because, effect: { kind: "ok", value: objects } });
      });
    const budget: fc.Arbitrary<Budget> = fc.record({
      chars: fc.integer({ min: 300, max: 20_000 }),
      bytes: fc.integer({ min: 300, max: 30_000 }),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 6 }), budget, (applications, limits) => {
        const { markdown } = reports().comment(preview(applications), { budget: limits });
        const { chars, bytes } = measure(markdown);
        expect(chars).toBeLessThanOrEqual(limits.chars);
        expect(bytes).toBeLessThanOrEqual(limits.bytes);
        expect(unbalanced(markdown)).toBe("");
      }),
      { numRuns: 30 },
    );
  });
});
