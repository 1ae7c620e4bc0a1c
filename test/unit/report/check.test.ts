import { describe, expect, it } from "vitest";
import type { ApplicationPreview, DryRun, Outcome } from "../../../src/domain/preview.ts";
import { application, configMap, diffs, PATIENCE, preview, problem, reports, unbalanced } from "./support.ts";

const RENDERED: ApplicationPreview["effect"] = {
  kind: "ok",
  value: diffs([], [configMap("c", { a: "b" })]),
};
const FAILED = { kind: "failed", problem: problem("Helm could not render `charts/web`") } as const;

function dryRun(rejected: DryRun["rejected"]): Outcome<DryRun> {
  return { kind: "ok", value: { tasks: [], guardDigest: "", rejected, untried: [] } };
}

describe("reportCheck", () => {
  it.for([
    { name: "nothing is affected", applications: [], is: "success" },
    { name: "all is well", applications: [application("a", { effect: RENDERED })], is: "success" },
    {
      name: "one of two does not render",
      applications: [application("a", { effect: RENDERED }), application("b", { effect: FAILED })],
      is: "failure",
    },
    {
      name: "the API server rejects an object",
      applications: [application("a", { dryRun: dryRun([{ object: "Pod x", message: "no" }]) })],
      is: "failure",
    },
    {
      name: "a dry run finds nothing wrong",
      applications: [application("a", { dryRun: dryRun([]) })],
      is: "success",
    },
    {
      name: "the cluster does not answer",
      applications: [application("a", { drift: FAILED, dryRun: FAILED })],
      is: "success",
    },
    {
      name: "the cluster has drifted",
      applications: [
        application("a", {
          drift: {
            kind: "ok",
            value: {
              revision: "c".repeat(40),
              sync: "OutOfSync",
              health: { status: "Degraded", message: "" },
              objects: diffs([], [configMap("c", {})]),
            },
          },
        }),
      ],
      is: "success",
    },
  ])("concludes $is when $name", ({ applications, is }) => {
    expect(reports().check(preview(applications)).conclusion).toBe(is);
  });

  it("fails with the reason in title and summary when nothing can be previewed", () => {
    const { conclusion, title, summary } = reports().check(
      preview([], { problem: problem("Merge conflict in `a`") }),
    );
    expect(conclusion).toBe("failure");
    expect(title).toBe("Nothing could be previewed: Merge conflict in a");
    expect(summary).toContain("**Why this check fails:** Merge conflict in `a`");
  });

  it("says in words that a cluster did not answer", () => {
    const { text } = reports().check(preview([application("a", { effect: RENDERED, drift: FAILED })]));
    expect(text).toContain("The cluster could not be asked");
  });

  it("keeps its title to 255 characters on one line", () => {
    const failed = { kind: "failed", problem: problem(`a\nb\u202e${"🚀".repeat(400)}`) } as const;
    const { title } = reports().check(preview([application("a", { effect: failed })]));
    expect(title.length).toBeLessThanOrEqual(255);
    expect(title).not.toMatch(/[\n\u202e]|[\ud800-\udbff]$/);
  });

  it.for([10, 1_000, 2_500, 4_000, 20_000])(
    "T147 keeps both fields to their limit with %i lines a text, and goes on in the next field",
    (lines) => {
      const text = Array.from({ length: lines }, (_, index) => `line ${index} ${"y".repeat(20)}\n`).join("");
      const effect = { kind: "ok" as const, value: diffs([], [configMap("long", { a: text })]) };
      const {
        summary,
        text: details,
        objectsOmitted,
      } = reports().check(preview([application("a", { effect })]));
      for (const field of [summary, details]) {
        expect(field.length).toBeLessThanOrEqual(65_535);
        expect(unbalanced(field)).toBe("");
      }
      const shown = `${summary}\n${details}`.match(/line [0-9]+ y/g)?.length ?? 0;
      expect(objectsOmitted).toBe(shown === lines ? 0 : 1);
      if (objectsOmitted === 0) expect(shown).toBe(lines);
      else expect(summary).toContain("1 object is not, or not fully, shown here");
      expect(shown).toBe(lines > 3_900 ? shown : lines);
      expect(shown).toBeGreaterThan(Math.min(lines, 3_500) - 1);
    },
  );

  it("T102 completes with 500 Applications, counting what it leaves out", PATIENCE, () => {
    const objects = Array.from({ length: 40 }, (_, index) => configMap(`c${index}`, { a: "x".repeat(200) }));
    const effect = { kind: "ok" as const, value: diffs([], objects) };
    const all = Array.from({ length: 500 }, (_, index) => application(`app-${index}`, { effect }));
    const { summary, text, objectsOmitted } = reports().check(preview(all));
    expect(summary.length).toBeLessThanOrEqual(65_535);
    expect(text.length).toBeLessThanOrEqual(65_535);
    const shown = `${summary}${text}`.match(/<summary><b>added<\/b>/g)?.length ?? 0;
    expect(shown + objectsOmitted).toBeGreaterThanOrEqual(20_000);
    expect(summary).toContain(`${objectsOmitted.toLocaleString("en-US")} objects are not`);
  });
});
