import type { CheckReport } from "../domain/github.ts";
import type { ApplicationPreview, Preview } from "../domain/preview.ts";
import { reportCheck } from "./check.ts";
import { clip, plainText, visible } from "./markdown.ts";
import type { Render } from "./templates.ts";
import { changesInWords, changesOf, nameIn } from "./words.ts";

/** The check of one Application, beside the one check of all. */
export interface OwnCheckReport extends CheckReport {
  /** As a pull request's list of checks shows it. */
  readonly name: string;
}

/** How the names of Applications' own checks begin: not as those of commit statuses, or a rule would ask for both. */
export const OWN_CHECK_PREFIX = "plumbline: ";

/** Each costs a write; a longer list nobody reads. The others are in the one check of all. */
export const OWN_CHECKS_MAX = 20;

const NAME_CHARS_MAX = 200;

/** One check an Application, those that fail first, at most {@link OWN_CHECKS_MAX}. */
export function reportOwnChecks(render: Render, preview: Preview): readonly OwnCheckReport[] {
  const nameOf = nameIn(preview.applications);
  const { brake: _, ...rest } = preview;
  const all = preview.applications.map((application) => {
    const alone: Preview = { ...rest, applications: [application], warnings: [] };
    const name = `${OWN_CHECK_PREFIX}${clip(visible(nameOf(application)), NAME_CHARS_MAX)}`;
    return { ...reportCheck(render, alone), title: titleOf(application), name };
  });
  const failing = all.filter(({ conclusion }) => conclusion === "failure");
  return [...failing, ...all.filter((one) => !failing.includes(one))].slice(0, OWN_CHECKS_MAX);
}

/** What the check of an Application says that was affected, by the same commit, and is not any more. */
export function reportOwnCheckOver(name: string): OwnCheckReport {
  const summary =
    "Since the base branch has moved, this pull request does not change the Application any more.";
  return {
    status: "completed",
    conclusion: "success",
    title: "Not affected any more",
    summary,
    text: "",
    name,
  };
}

/** Where not every Application has one, a sentence; `""` otherwise. */
export function ownChecksInWords({ applications }: Preview): string {
  const { length } = applications;
  return length > OWN_CHECKS_MAX
    ? `${OWN_CHECKS_MAX} of the ${length} Applications have a check of their own, those that fail first; all are in this one.`
    : "";
}

function titleOf({ effect, ...application }: ApplicationPreview): string {
  const words =
    effect.kind === "failed" ? effect.problem.title : changesInWords(changesOf({ ...application, effect }));
  return clip(plainText(words), 255);
}
