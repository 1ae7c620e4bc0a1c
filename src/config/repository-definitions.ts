import { applicationId } from "../domain/application.ts";
import { compareText } from "../domain/compare-text.ts";
import type {
  ApplicationDefinition,
  ConfigProblem,
  ControlPlaneSnapshot,
  DocumentReading,
  FileReading,
} from "../domain/control-plane.ts";
import { matchesRepositoryPatterns } from "../domain/project-sources.ts";
import { OperationError } from "../errors/operation-error.ts";
import { defineApplication } from "./application-definition.ts";
import { type Defined, placeOf } from "./defined-readings.ts";
import { problemAt } from "./notes.ts";

export interface RepositoryDefinitions {
  /** Those that a project admits from this repository, by namespace and name; one each. */
  readonly applications: readonly ApplicationDefinition[];
  /** All of them, those of single Applications included. */
  readonly problems: readonly ConfigProblem[];
}

/**
 * Judges what a repository defines by the operator's control plane. Only Applications count, and only of a project that
 * lists the repository; a name that the operator uses is the operator's. What is not admitted is named and not used.
 */
export function admitDefinitions(
  files: readonly FileReading[],
  {
    repositoryUrl,
    controlPlane,
  }: { readonly repositoryUrl: string; readonly controlPlane: ControlPlaneSnapshot },
): RepositoryDefinitions {
  const readings = files
    .toSorted((a, b) => compareText(a.file, b.file))
    .flatMap(({ documents }) => documents);
  const taken = new Map(
    controlPlane.applications.map((own) => [applicationId(own.value), "the control plane"]),
  );
  const applications: ApplicationDefinition[] = [];
  const problems = readings.flatMap((reading) => [...reading.problems]);
  for (const reading of readings) {
    if (reading.value === undefined) continue;
    const refusal = refusalOf(reading, { repositoryUrl, controlPlane, taken });
    if (refusal !== undefined) {
      problems.push(problemAt(placeOf(reading), ["metadata", "name"], { severity: "error", error: refusal }));
    } else if (isApplication(reading)) {
      const definition = defineApplication(reading, controlPlane);
      taken.set(applicationId(definition.value), `\`${reading.file}\``);
      applications.push(definition);
      problems.push(...definition.problems);
    }
  }
  applications.sort((a, b) => compareText(applicationId(a.value), applicationId(b.value)));
  return { applications, problems: [...new Set(problems)] };
}

function refusalOf(
  reading: DocumentReading,
  {
    repositoryUrl,
    controlPlane,
    taken,
  }: {
    readonly repositoryUrl: string;
    readonly controlPlane: ControlPlaneSnapshot;
    readonly taken: ReadonlyMap<string, string>;
  },
): OperationError | undefined {
  const { kind, namespace, name } = reading.subject ?? { kind: "", namespace: "", name: "" };
  const what = `${kind} \`${namespace}/${name}\``;
  if (!isApplication(reading)) {
    const problem = "only Applications are taken from repositories";
    return OperationError.of("DefinitionNotAdmitted", { what, problem });
  }
  const { value: application } = reading.value.definition;
  const project = controlPlane.projects.find(({ value }) => value.name === application.project)?.value;
  // A missing project is told as such, with everything else that is wrong.
  if (project !== undefined && !matchesRepositoryPatterns(project.definitionRepos, repositoryUrl)) {
    const problem = `project \`${project.name}\` does not admit definitions from this repository`;
    return OperationError.of("DefinitionNotAdmitted", { what, problem });
  }
  const other = taken.get(applicationId(application));
  return other === undefined ? undefined : OperationError.of("DefinitionDuplicate", { what, other });
}

function isApplication(reading: DocumentReading): reading is Defined<"application"> {
  return reading.value?.kind === "application";
}
