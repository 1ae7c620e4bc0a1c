import type { ConfigProblem, ControlPlaneSnapshot } from "../domain/control-plane.ts";
import { readControlPlane } from "./control-plane.ts";
import type { DefinitionFile, ReadingOptions } from "./read-definitions.ts";
import { parseRepositoryFile } from "./repository-file.ts";

export interface Validation {
  /** By file and document; all of them, warnings included. */
  readonly problems: readonly ConfigProblem[];
  readonly hasErrors: boolean;
}

/**
 * Every problem of Applications, AppProjects, Secrets, settings and `.github/plumbline.yml` in these files, judged as one
 * control plane. Where no AppProject, or no cluster Secret, is among the files, a missing one is a warning: it may be elsewhere.
 */
export function validateFiles(files: readonly DefinitionFile[], options: ReadingOptions = {}): Validation {
  const definitions = files.filter(({ file }) => !isRepositoryFile(file));
  const repositoryFiles = files.filter(({ file }) => isRepositoryFile(file));
  const controlPlane = readControlPlane(definitions, options);
  const judged = judgeBy(controlPlane);
  const problems = [
    ...controlPlane.problems.map(judged),
    ...repositoryFiles.flatMap(({ file, text }) =>
      parseRepositoryFile(text).problems.map((problem) => ({ ...problem, file })),
    ),
  ];
  return { problems, hasErrors: problems.some(({ severity }) => severity === "error") };
}

function isRepositoryFile(file: string): boolean {
  return /(^|[/\\])plumbline\.ya?ml$/.test(file);
}

/** What cannot be judged by files that do not hold the other half is only warned of. */
function judgeBy({ projects, clusters }: ControlPlaneSnapshot): (problem: ConfigProblem) => ConfigProblem {
  const hasProjects = projects.some(({ file }) => file !== "");
  const hasClusters = clusters.some(({ credentials }) => credentials !== undefined);
  return (problem) => {
    const isUnsure =
      (problem.reason === "ProjectMissing" && !hasProjects) ||
      (problem.reason === "DestinationUnknown" && !hasClusters);
    return isUnsure ? { ...problem, severity: "warning" } : problem;
  };
}
