import type { Preview } from "../domain/preview.ts";
import { count, previewDigest, short } from "./words.ts";

/**
 * What a pull request that affects more Applications than its repository allows is told: the same before and after it was
 * let pass, so that the comment and `plumbline diff` need not know. None for any other.
 */
export function brakeMarkdown(preview: Preview): readonly string[] {
  const { brake, applications } = preview;
  if (brake === undefined) return [];
  const { applicationsMax } = brake;
  return [
    `It affects **${count(applications.length, "Application")}**, more than the ${applicationsMax.toLocaleString("en-US")} ` +
      "that `limits.applicationsMax` in `.github/plumbline.yml` lets pass at once. Whoever has write permission lets exactly " +
      `this change pass by commenting \`/diff --confirm ${short(previewDigest(preview))}\`; smaller pull requests need no word.`,
  ];
}

/** For a check's title, behind how many change; `""` where nothing is held. */
export function brakeTitle({ brake }: Preview): string {
  return brake?.state === "held" ? `, more than the ${brake.applicationsMax} that pass unasked` : "";
}
