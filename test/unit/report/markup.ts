import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";

/** Markdown as GitHub reads it, before GitHub takes out of it what it thinks dangerous. */
export function html(markdown: string): string {
  return micromark(markdown, {
    allowDangerousHtml: true,
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
  });
}

/** Names of all tags, opening and closing, in their order. */
export function tagsOf(markup: string): readonly string[] {
  return [...markup.matchAll(/<\/?([a-z0-9]+)/gi)].map(([, name = ""]) => name);
}
