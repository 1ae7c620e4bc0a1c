import { describe, expect, it } from "vitest";

import { application, configMap, diffs, preview, problem, reports } from "./support.ts";

const CHANGED = {
  kind: "ok",
  value: diffs([configMap("a", { x: "1" })], [configMap("a", { x: "2" })]),
} as const;
const FAILED = { kind: "failed", problem: problem("Helm could not render") } as const;

function many(count: number) {
  return Array.from({ length: count }, (_, index) =>
    application(`app-${index}`, { effect: index === count - 1 ? FAILED : CHANGED }),
  );
}

describe("checks of single Applications", () => {
  it("tell each what becomes of it, and no more", () => {
    const [failed, changed] = reports().ownChecks(preview(many(2)));
    expect(failed).toMatchObject({
      name: "plumbline: app-1",
      conclusion: "failure",
      title: "Helm could not render",
    });
    expect(changed).toMatchObject({ name: "plumbline: app-0", conclusion: "success", title: "1 modified" });
    expect(changed?.text).toContain('+ "2"');
    expect(JSON.stringify(changed)).not.toContain("app-1");
  });

  it.for([
    [20, 20, ""],
    [
      60,
      20,
      "20 of the 60 Applications have a check of their own, those that fail first; all are in this one.",
    ],
  ] as const)("are, of %i Applications, %i", ([affected, expected, words]) => {
    const all = preview(many(affected));
    const checks = reports().ownChecks(all);
    expect(checks).toHaveLength(expected);
    expect(checks[0]?.conclusion).toBe("failure");
    expect(reports().ownChecksInWords(all)).toBe(words);
  });
});

describe("the brake", () => {
  const change = preview([application("a", { effect: CHANGED }), application("b", { effect: CHANGED })]);

  it("asks for action until the change is confirmed, and says how in the same words", () => {
    const held = { ...change, brake: { applicationsMax: 1, state: "held" } } as const;
    const check = reports().check(held);
    expect(check).toMatchObject({
      conclusion: "action_required",
      title: "2 Applications change, more than the 1 that pass unasked: 2 modified",
    });
    const [order = ""] = /\/diff --confirm [0-9a-f]{12}/.exec(check.summary) ?? [];
    expect(order).not.toBe("");
    const confirmed = { ...change, brake: { applicationsMax: 1, state: "confirmed" } } as const;
    expect(reports().check(confirmed).conclusion).toBe("success");
    const { body } = reports().comment(held);
    expect(body).toContain(order);
    expect(reports().comment(confirmed).body).toBe(body);
  });

  it("does not hide that something fails", () => {
    const broken = preview([application("a", { effect: FAILED })], {
      brake: { applicationsMax: 1, state: "held" },
    });
    expect(reports().check(broken).conclusion).toBe("failure");
  });
});
