import type { ApplicationPreview, Preview } from "../domain/preview.ts";
import { clip, prose } from "./markdown.ts";
import { changesInWords, changesOf, count, totalChanges } from "./words.ts";

/** The one sentence that a reader in a hurry takes along. Plain words, no full stop. */
export function verdict({ problem, applications }: Preview): string {
  if (problem !== undefined) return "Nothing could be previewed";
  if (applications.length === 0) return "No Application is affected";
  const failed = applications.filter(({ effect }) => effect.kind === "failed").length;
  if (failed > 0) {
    return failed === applications.length
      ? `${count(failed, "Application")} cannot be previewed`
      : `${failed} of ${count(applications.length, "Application")} cannot be previewed`;
  }
  const rejected = applications.filter(hasRejected).length;
  if (rejected > 0) return `The API server rejects objects of ${count(rejected, "Application")}`;
  const changed = applications.filter(isChanged).length;
  if (changed === 0) return `${count(applications.length, "Application")} affected, no object changes`;
  return changed === 1 ? "1 Application changes" : `${count(changed, "Application")} change`;
}

/** How many objects, over how many Applications. Markdown. */
export function totals(preview: Preview): string {
  const { applications, applicationsConsidered } = preview;
  if (applications.length === 0) return noneAffected(applicationsConsidered);
  const words = changesInWords(totalChanges(preview));
  const where =
    applicationsConsidered === 1
      ? "the only Application that reads"
      : `${applications.length} of ${count(applicationsConsidered, "Application")} that read`;
  return `**${words}** over ${where} this repository.`;
}

/** Who acts after the merge, as parts of a sentence; `""` where nobody does. */
export function nextSteps(applications: readonly ApplicationPreview[]): {
  readonly automated: string;
  readonly manual: string;
} {
  const ours = applications.filter(
    ({ previewOnly, definition, effect }) =>
      previewOnly.length === 0 && definition !== "removed" && effect.kind === "ok",
  );
  const automated = ours.filter((application) => application.automated).length;
  const manual = ours.length - automated;
  return {
    automated:
      automated === 0
        ? ""
        : `${count(automated, "Application")} ${automated === 1 ? "syncs by itself" : "sync by themselves"}`,
    manual: manual === 0 ? "" : `${count(manual, "Application")} ${manual === 1 ? "is" : "are"} synced`,
  };
}

/** An object of it was tried and refused. */
export function hasRejected({ dryRun }: ApplicationPreview): boolean {
  return dryRun?.kind === "ok" && dryRun.value.rejected.length > 0;
}

/** The title of the first failure, for a check's title. */
export function firstFailure({ problem, applications }: Preview): string {
  if (problem !== undefined) return problem.title;
  for (const { name, effect } of applications) {
    if (effect.kind === "failed") return `${name}: ${effect.problem.title}`;
  }
  return "";
}

function isChanged(application: ApplicationPreview): boolean {
  const { added, modified, removed } = changesOf(application);
  return added + modified + removed > 0 || application.definition !== "kept";
}

function noneAffected(considered: number): string {
  if (considered === 0) return "No Application reads this repository.";
  const who =
    considered === 1 ? "The Application that reads" : `None of the ${considered} Applications that read`;
  const does = considered === 1 ? "does not read" : "reads";
  return prose(clip(`${who} this repository ${does} a path that is changed here.`, 500));
}
