import { type Application, applicationId, type Destination } from "../domain/application.ts";
import type { Cluster } from "../domain/cluster.ts";
import type { ConfigProblem, ControlPlaneSnapshot } from "../domain/control-plane.ts";
import { forbiddenBy, permitsApplicationNamespace } from "../domain/project-rules.ts";
import { OperationError } from "../errors/operation-error.ts";
import { type DocumentPlace, type FieldPath, problemAt } from "./notes.ts";

/** What an Application is checked against. */
export interface CheckContext extends Pick<ControlPlaneSnapshot, "namespace" | "projects" | "clusters"> {
  readonly place: DocumentPlace;
}

/** Why an Application that is well-formed can still not be used (argocd-behaviour §1.3-4 to 6); all reasons at once. */
export function applicationProblems(
  application: Application,
  context: CheckContext,
): readonly ConfigProblem[] {
  const id = applicationId(application);
  const problem = (path: FieldPath, error: OperationError) =>
    problemAt(context.place, path, { severity: "error", error });
  const problems: ConfigProblem[] = [];

  const found = resolveDestination(application.destination, context.clusters);
  if (found instanceof OperationError) problems.push(problem(["spec", "destination"], found));

  const project = context.projects.find(({ value }) => value.name === application.project)?.value;
  if (project === undefined) {
    const facts = { application: id, project: application.project };
    return [...problems, problem(["spec", "project"], OperationError.of("ProjectMissing", facts))];
  }
  const { namespace } = application;
  if (!permitsApplicationNamespace(project, namespace, context.namespace)) {
    const error = OperationError.of("NamespaceNotAdmitted", {
      application: id,
      project: project.name,
      namespace,
    });
    return [...problems, problem(["metadata", "namespace"], error)];
  }
  if (found instanceof OperationError) return problems;
  const rules = { cluster: found, scopeOf: () => undefined, controlPlaneNamespace: context.namespace };
  // A chart's registry is no Git repository, and is not read: that such a source cannot be rendered is said already.
  const gitSources = application.sources.filter(({ chart }) => chart === "");
  const judged = { application: { ...application, sources: gitSources }, project };
  for (const { what } of forbiddenBy(judged, rules, [])) {
    const error = OperationError.of("ProjectForbids", { application: id, project: project.name, what });
    problems.push(problem(["spec"], error));
  }
  return problems;
}

/** The one cluster a destination stands for, or why it stands for none. */
export function resolveDestination(
  { server, name }: Destination,
  clusters: ControlPlaneSnapshot["clusters"],
): Cluster | OperationError {
  const candidates = clusters.map(({ cluster }) => cluster);
  const matching = candidates.filter((cluster) =>
    name === "" ? cluster.server === server : cluster.name === name,
  );
  const [only] = matching;
  if (only !== undefined && matching.length === 1) return only;
  if (matching.length > 1) {
    const servers = matching.map((cluster) => cluster.server);
    return OperationError.of("DestinationAmbiguous", { name: printable(name), servers });
  }
  const destination = name === "" ? `server \`${printable(server)}\`` : `name \`${printable(name)}\``;
  return OperationError.of("DestinationUnknown", { destination });
}

/** Written by users, shown in Markdown: one line, no end of the code span, no credentials. */
function printable(text: string): string {
  return text
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, " ")
    .replaceAll("`", "'")
    .replace(/\/\/[^/@]*@/, "//")
    .slice(0, 253);
}
