import MarkdownIt from "markdown-it";

const ALERT = /^\[!(?<kind>NOTE|TIP|IMPORTANT|WARNING|CAUTION)\][ \t]*(?:\n|$)/;

/**
 * Comments and checks as GitHub shows them: its flavour of Markdown, with a few HTML elements kept, <details> among them,
 * and quotes that start with `[!WARNING]` and its like as alerts. What HTML could do the page's content policy forbids.
 */
export function createCommentHtml(): (text: string) => string {
  const markdown = new MarkdownIt({ html: true, linkify: false, breaks: true });
  markdown.core.ruler.after("block", "alerts", ({ tokens }) => {
    for (const [index, quote] of tokens.entries()) {
      const text = tokens[index + 2];
      if (quote.type !== "blockquote_open" || text?.type !== "inline") continue;
      const kind = ALERT.exec(text.content)?.groups?.["kind"];
      if (kind === undefined) continue;
      quote.attrJoin("class", `alert ${kind.toLowerCase()}`);
      const title = `**${kind.charAt(0)}${kind.slice(1).toLowerCase()}**`;
      text.content = [title, text.content.replace(ALERT, "")].filter((part) => part !== "").join("\n");
    }
  });
  return (text) => markdown.render(text);
}
