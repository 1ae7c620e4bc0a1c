import { showPath } from "./show-path.ts";

const MESSAGE_CHARS_MAX = 4_000;
/** More than this of a message is not looked through: a chart may print what it likes into one. */
const RAW_CHARS_MAX = 200_000;
/** What Helm says again for each round of a template that includes itself. */
const REPEATED = /((?:error calling|executing|template:) .{8,400}?)\1{2,}/g;

/**
 * A tool's message as people may read it: paths as they are in the repository, no terminal control, no other control
 * characters than line ends, and not longer than a screen or two.
 */
export function cleanMessage(message: string, mounts: readonly { readonly name: string }[]): string {
  const cleaned = message
    .slice(0, RAW_CHARS_MAX)
    .replace(/\u001b\[[0-9;?]*[ -/]*[@-~]|\u001b[@-_]/g, "")
    .replace(/\r\n?/g, "\n")
    .replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, " ")
    .replace(/(?<![\w./-])\/(\d+)(\/[^\s'":;,)]*|(?![\w/]))/g, (whole, mount: string, path: string) => {
      const name = mounts[Number(mount)]?.name;
      return name === undefined ? whole : showPath(name, path.slice(1));
    })
    .replace(REPEATED, "$1… ")
    .trim();
  return cleaned.length <= MESSAGE_CHARS_MAX ? cleaned : `${cleaned.slice(0, MESSAGE_CHARS_MAX)}…`;
}
