import type { RepositorySettings } from "../config/repository-file.ts";
import type { Preview } from "../domain/preview.ts";
import type { Problem } from "../domain/problem.ts";

/** What a repository's `.github/plumbline.yml` says, and what is wrong with it. */
export interface SettingsReading {
  readonly settings: RepositorySettings;
  readonly problems: readonly Problem[];
  /** The base branch's commit that has the file; absent where that could not be looked up. */
  readonly baseSha?: string;
}

/** The preview as its repository wants it judged: with what is wrong with its file, and with its brake. */
export function governPreview(
  preview: Preview,
  { settings, problems, baseSha }: SettingsReading,
  isConfirmed: () => boolean,
): Preview {
  // What GitHub calls a pull request's base is where the branch was when somebody last pushed.
  if (preview.problem !== undefined)
    return baseSha === undefined ? preview : { ...preview, base: { ...preview.base, sha: baseSha } };
  const { applicationsMax } = settings.limits;
  const isTooMuch = preview.applications.length > applicationsMax;
  const state = isTooMuch && isConfirmed() ? "confirmed" : "held";
  return {
    ...preview,
    warnings: [...problems, ...preview.warnings],
    ...(isTooMuch ? { brake: { applicationsMax, state } } : {}),
  };
}

/** Whether a comment is made where there is none yet. One that is there is kept true in any case. */
export function commentWanted(
  { comment: { when } }: RepositorySettings,
  { applications, problem }: Pick<Preview, "applications" | "problem">,
): "always" | "if-there-is-one" {
  const isAboutSomething = applications.length > 0 || problem !== undefined;
  const isWanted = when === "always" || (when === "affected" && isAboutSomething);
  return isWanted ? "always" : "if-there-is-one";
}
