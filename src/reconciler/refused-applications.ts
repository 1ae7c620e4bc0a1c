import { type Application, type ApplicationSource, applicationId } from "../domain/application.ts";
import type { ApplicationDefinition, ConfigProblem } from "../domain/control-plane.ts";
import type { ApplicationSide, ChangedApplication } from "./change.ts";

type Judged = Pick<ApplicationDefinition, "value" | "problems">;

/** Definitions on both sides of a change, those with problems among them. */
export interface DefinedSides {
  readonly base: readonly Judged[];
  readonly head: readonly Judged[];
}

/** Those of the head that something is wrong with: known of, but not among what can be rendered. */
export function refusedOf(
  { head }: DefinedSides,
  isMeant: (application: Application) => boolean,
): readonly Judged[] {
  return head.filter(({ value, problems }) => problems.length > 0 && isMeant(value));
}

/**
 * Applications that the change touches and that cannot be rendered for what is wrong with their definition: they are
 * shown as failed with that reason, never passed over. What they read is not known, so a change below the path of one
 * of their sources counts, and a change of the definition itself.
 */
export function refusedApplications(
  { base, head }: DefinedSides,
  { paths, isHere }: { readonly paths: readonly string[]; readonly isHere: (repoURL: string) => boolean },
): readonly ChangedApplication[] {
  const before = new Map(base.map((definition) => [applicationId(definition.value), definition]));
  return head.flatMap((definition): readonly ChangedApplication[] => {
    const [problem] = definition.problems;
    if (problem === undefined) return [];
    const former = before.get(applicationId(definition.value));
    const isRedefined = former === undefined || inWords(former) !== inWords(definition);
    const sources = definition.value.sources.filter(({ repoURL }) => isHere(repoURL));
    if (!isRedefined && !sources.some((source) => isTouched(source, paths))) return [];
    return [
      {
        ...(former === undefined ? {} : { base: failedSide(former, problem) }),
        head: failedSide(definition, problem),
      },
    ];
  });
}

/** What it says and what is wrong with it, wherever in which file. */
function inWords({ value, problems }: Judged): string {
  return JSON.stringify([value, problems.map(({ title }) => title)]);
}

function failedSide({ value }: Judged, problem: ConfigProblem): ApplicationSide {
  const { reason, title, remedy, retryable } = problem;
  return { application: value, trees: { kind: "failed", problem: { reason, title, remedy, retryable } } };
}

/** Whether a changed path is the source's, as far as that can be told without rendering it. */
export function isTouched({ path }: ApplicationSource, paths: readonly string[]): boolean {
  const folder = path.replace(/^(\.\/)+|\/+$/g, "");
  if (folder === "" || folder === ".") return paths.length > 0;
  return paths.some((changed) => changed === folder || changed.startsWith(`${folder}/`));
}
