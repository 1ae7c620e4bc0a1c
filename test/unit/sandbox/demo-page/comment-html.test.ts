import { describe, expect, it } from "vitest";
import { createCommentHtml } from "../../../../src/sandbox/demo-page/comment-html.ts";

describe("a comment on the demo's page", () => {
  const html = createCommentHtml();

  it("has tables, and Markdown inside of a fold after a blank line", () => {
    expect(html("| a | b |\n|---|---|\n| 1 | 2 |")).toContain("<td>1</td>");
    const fold = html("<details><summary><b>web</b></summary>\n\n**modified** `x`\n\n</details>");
    expect(fold).toContain("<details><summary><b>web</b></summary>");
    expect(fold).toContain("<strong>modified</strong> <code>x</code>");
  });

  it("breaks lines where they break, as GitHub does in comments", () => {
    expect(html("one\ntwo")).toBe("<p>one<br>\ntwo</p>\n");
  });

  it.for(["NOTE", "TIP", "IMPORTANT", "WARNING", "CAUTION"])("shows a quote of [!%s] as an alert", (kind) => {
    const shown = html(`> [!${kind}]\n> **Look at this first**\n> - a namespace is deleted`);
    expect(shown).toContain(`<blockquote class="alert ${kind.toLowerCase()}">`);
    expect(shown).toMatch(new RegExp(`<p><strong>${kind}</strong><br>\n<strong>Look at this first`, "i"));
    expect(shown).toContain("<li>a namespace is deleted</li>");
    expect(shown).not.toContain("[!");
  });

  it.for(["> just said", "> [!SHOUT]\n> what", "[!NOTE] outside of a quote"])(
    "leaves %j as it is",
    (text) => {
      expect(html(text)).not.toContain("alert");
    },
  );
});
