import { describe, expect, it } from "vitest";

import { apartFromBase, baseOf, withProgress } from "../../../src/reconciler/sticky-comment.ts";

const SHA = "0123456789abcdef0123456789abcdef01234567";
const PREVIEW = `<!-- plumbline:preview head=e00 base=${SHA} digest=d -->\n## 1 Application changes\n\nBase \`0123456789ab\``;

describe("the sticky comment", () => {
  it("names its base in its first line", () => {
    expect(baseOf(PREVIEW)).toBe(SHA);
    expect(baseOf(`<!-- plumbline:preview fork head=e00 -->\n base=${SHA}`)).toBeUndefined();
  });

  it("says the same wherever its base is, and something else when anything else differs", () => {
    const other = "f".repeat(40);
    const moved = PREVIEW.replaceAll(SHA, other).replaceAll(SHA.slice(0, 12), other.slice(0, 12));
    expect(apartFromBase(moved, other)).toBe(apartFromBase(PREVIEW, SHA));
    expect(apartFromBase(moved.replace("1 Application", "2 Applications"), other)).not.toBe(
      apartFromBase(PREVIEW, SHA),
    );
  });

  it("holds one progress block above the preview, however often it is told", () => {
    const once = withProgress(PREVIEW, "## Merged: syncing\n");
    const twice = withProgress(once, "## Merged: done\n");
    expect(twice).toContain("## Merged: done");
    expect(twice).not.toContain("syncing");
    expect(twice.split("\n")[0]).toBe(PREVIEW.split("\n")[0]);
    expect(twice.endsWith(PREVIEW.split("\n").slice(1).join("\n"))).toBe(true);
  });
});
