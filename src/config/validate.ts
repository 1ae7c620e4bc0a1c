import type { ConfigProblem } from "../domain/control-plane.ts";
import { readControlPlane } from "./control-plane.ts";
import type { DefinitionFile, ReadingOptions } from "./read-definitions.ts";
import { parseRepositoryFile } from "./repository-file.ts";

export interface Validation {
  /** By file and document; all of them, warnings included. */
  readonly problems: readonly ConfigProblem[];
  readonly hasErrors: boolean;
}

/** What cannot be judged by files that do not hold the other half, by the kind that would be it. */
const NEEDS_KIND: Readonly<Record<string, string>> = {
  ProjectMissing: "AppProject",
  DestinationUnknown: "Secret",
};

/**
 * Every problem of Applications, AppProjects, Secrets, settings and `.github/plumbline.yml` in these files, judged as one
 * control plane. Where no project, or no Secret, is among the files, a missing one is a warning: it may be elsewhere.
 */
export function validateFiles(files: readonly DefinitionFile[], options: ReadingOptions = {}): Validation {
  const definitions = files.filter(({ file }) => !isRepositoryFile(file));
  const repositoryFiles = files.filter(({ file }) => isRepositoryFile(file));
  const controlPlane = readControlPlane(definitions, options);
  const kinds = new Set(definitions.flatMap(({ text }) => kindsIn(text)));
  const problems = [
    ...controlPlane.problems.map((problem) => judgedBy(kinds, problem)),
    ...repositoryFiles.flatMap(({ file, text }) =>
      parseRepositoryFile(text).problems.map((problem) => ({ ...problem, file })),
    ),
  ];
  return { problems, hasErrors: problems.some(({ severity }) => severity === "error") };
}

function isRepositoryFile(file: string): boolean {
  return /(^|[/\\])plumbline\.ya?ml$/.test(file);
}

function judgedBy(kinds: ReadonlySet<string>, problem: ConfigProblem): ConfigProblem {
  const needed = NEEDS_KIND[problem.reason];
  return needed === undefined || kinds.has(needed) ? problem : { ...problem, severity: "warning" };
}

/** Cheap on purpose: whether a kind is there at all decides only how severe a missing one is. */
function kindsIn(text: string): readonly string[] {
  return [...text.matchAll(/^\s*kind:\s*["']?([A-Za-z]+)/gm)].map(([, kind = ""]) => kind);
}
