/** How our one comment on a pull request begins; its first line is the marker, and not for people. */
export const STICKY_MARKER = "<!-- plumbline:preview";
const BASE_IN_MARKER = /^<!-- plumbline:preview[^\n]* base=(?<sha>[0-9a-f]+)/;
/** As reports shorten them. */
const SHORT_SHA_DIGITS = 12;
const PROGRESS_END = "<!-- plumbline:progress-end -->";

/** SHA of the base that a comment of ours tells of; `undefined` where it names none. */
export function baseOf(comment: string): string | undefined {
  return BASE_IN_MARKER.exec(comment)?.groups?.["sha"];
}

/** The text without its base's SHA, long or short: what is left is what it says. */
export function apartFromBase(text: string, baseSha = ""): string {
  return baseSha === ""
    ? text
    : text.replaceAll(baseSha, "").replaceAll(baseSha.slice(0, SHORT_SHA_DIGITS), "");
}

/** Replaces the progress block, which follows the marker line, and leaves the rest of the comment alone. */
export function withProgress(body: string, markdown: string): string {
  const [marker = "", ...lines] = body.split("\n");
  const end = lines.indexOf(PROGRESS_END);
  const preview = lines
    .slice(end + 1)
    .join("\n")
    .replace(/^\n+/, "");
  return `${marker}\n${markdown.trimEnd()}\n\n${PROGRESS_END}\n\n${preview}`.trimEnd();
}
