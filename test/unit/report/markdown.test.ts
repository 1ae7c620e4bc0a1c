import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  cellCode,
  cellProse,
  clip,
  codeSpan,
  fenced,
  htmlCode,
  plainText,
  prose,
  remedyMarkdown,
  visible,
  visibleLine,
} from "../../../src/report/markdown.ts";
import { html, tagsOf } from "./markup.ts";

const HOSTILE = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }),
  fc
    .array(
      fc.constantFrom(
        ..."`~*_[]()<>#|\\!&@:$+-=.^ \n\t1ax",
        "```",
        "](x)",
        "<b>",
        "</details>",
        "https://x.y",
        "www.x.y",
        "a@b.c",
        "@team",
        "#1",
        "GH-1",
        "- ",
        "1. ",
        "> ",
        "    ",
        "&lt;",
        "[^1]",
        "<!--",
        "---",
        "\u202e",
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join("")),
);

function textOf(markup: string): string {
  const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"' };
  return markup
    .replaceAll(/<[^>]*>/g, "")
    .replaceAll(/&(amp|lt|gt|quot);/g, (_, name: string) => entities[name] ?? "")
    .replaceAll(/&#([0-9]+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
}

describe("prose", () => {
  it("T312 is one paragraph of inert text and code, whatever it is made of", () => {
    fc.assert(
      fc.property(HOSTILE, (text) => {
        const markup = html(prose(text));
        expect(tagsOf(markup).filter((name) => name !== "p" && name !== "code")).toEqual([]);
        const spoken = markup.replaceAll(/<code>.*?<\/code>/g, "");
        expect(spoken).not.toMatch(/@[A-Za-z0-9]|#[0-9]|GH-[0-9]|:\/\/|www\./i);
        expect(markup.split("<p>").length).toBeLessThanOrEqual(2);
      }),
      { numRuns: 300 },
    );
  });

  it("keeps words as they are and code as code", () => {
    expect(html(prose("snake_case *and* `code_x` & <tag>"))).toBe(
      "<p>snake_case *and* <code>code_x</code> &amp; &lt;tag&gt;</p>",
    );
  });

  it.for(["# x", "- x", "> x", "1. x", "+ x", "=== ", "```", "~~~", "    x", "---"])(
    "begins nothing with %j",
    (text) => {
      expect(html(prose(text))).toMatch(/^<p>.*<\/p>$/);
    },
  );
});

describe("codeSpan", () => {
  it("T312 is one code span that shows exactly the text", () => {
    fc.assert(
      fc.property(HOSTILE, (text) => {
        const markup = html(`a ${codeSpan(text)} b`);
        expect(tagsOf(markup)).toEqual(["p", "code", "code", "p"]);
        const shown = visible(text).trim() === "" ? "(blank)" : visible(text);
        expect(textOf(markup)).toBe(`a ${shown} b`);
      }),
      { numRuns: 300 },
    );
  });
});

describe("fenced", () => {
  it("T135 T312 is one block that shows exactly the lines", () => {
    fc.assert(
      fc.property(fc.array(HOSTILE), (texts) => {
        const lines = texts.map(visibleLine);
        const markup = html(["before", "", ...fenced(lines, "diff"), "", "after"].join("\n"));
        const [, code = ""] =
          /^<p>before<\/p>\n<pre><code class="language-diff">(.*)<\/code><\/pre>\n<p>after<\/p>$/s.exec(
            markup,
          ) ?? [];
        expect(textOf(code).replace(/\n$/, "")).toBe(lines.join("\n"));
      }),
      { numRuns: 200 },
    );
  });
});

describe("table cells", () => {
  it("T139 stay one cell each", () => {
    fc.assert(
      fc.property(HOSTILE, HOSTILE, (name, text) => {
        const markup = html(
          `| A | B |\n|---|---|\n| ${cellCode(name)} | ${cellProse(text)} |\n| ${htmlCode(name)} | end |`,
        );
        expect(tagsOf(markup).filter((tag) => !/^(?:table|thead|tbody|tr|th|td|code)$/.test(tag))).toEqual(
          [],
        );
        const cells = [...markup.matchAll(/<td>(.*?)<\/td>/gs)].map(([, cell = ""]) => textOf(cell));
        const shown = visible(name).trim() === "" ? "(blank)" : visible(name);
        expect(cells).toHaveLength(4);
        expect(cells[0]?.trim()).toBe(shown.trim());
        expect(cells[2]?.trim()).toBe(shown.trim());
        expect(cells[3]).toBe("end");
      }),
      { numRuns: 300 },
    );
  });
});

describe("remedyMarkdown", () => {
  it("keeps paragraphs, items and blocks of code", () => {
    const remedy = "First @team.\n\n- one\n- two <b>\n\n```\nraw @x\n```\nlast";
    expect(html(remedyMarkdown({ remedy }, 1_000))).toBe(
      "<p>First @\u200bteam.</p>\n<ul>\n<li>one</li>\n<li>two &lt;b&gt;</li>\n</ul>\n<pre><code>raw @x\n</code></pre>\n<p>last</p>",
    );
  });

  it("closes a block that was left open, and keeps to its length", () => {
    expect(remedyMarkdown({ remedy: "```\nopen" }, 1_000)).toBe("```\nopen\n```");
    expect(remedyMarkdown({ remedy: "short\nlong line that does not fit" }, 10)).toBe("short\n…");
  });

  it("T137 is inert whatever it quotes", () => {
    fc.assert(
      fc.property(fc.array(HOSTILE), (lines) => {
        const markup = html(remedyMarkdown({ remedy: lines.join("\n") }, 100_000));
        expect(tagsOf(markup).filter((name) => !/^(?:p|code|ul|li|pre)$/.test(name))).toEqual([]);
      }),
      { examples: [[["a", ":-"]], [["a", "-:"]], [["a|b", ":-|:-"]]] },
    );
  });
});

describe("plain text", () => {
  it("is on one line and clips between characters", () => {
    expect(plainText("a\n  b `c`\u202e")).toBe("a b c\\u202e");
    expect(clip("abc", 3)).toBe("abc");
    expect(clip("abcd", 3)).toBe("ab…");
    expect(clip("🚀🚀", 3)).toBe("🚀…");
    expect(clip("a🚀🚀", 3)).toBe("a…");
  });
});
