import type { Application, UnhonouredField } from "../domain/application.ts";
import type { ApplicationDefinition, ControlPlaneSnapshot } from "../domain/control-plane.ts";
import { withInstanceName } from "./application-manifest.ts";
import { applicationProblems } from "./cross-checks.ts";
import { type Placed, placeOf } from "./placed-readings.ts";

/** The rest of the control plane, as far as it bears on an Application. */
export type ApplicationContext = Pick<ControlPlaneSnapshot, "namespace" | "projects" | "clusters">;

/**
 * An Application as it stands in its control plane: with the name it is tracked by there, with what its project keeps
 * from being synced, and with every reason why it cannot be used.
 */
export function defineApplication(
  reading: Placed<"application">,
  context: ApplicationContext,
): ApplicationDefinition {
  const { definition } = reading.value;
  const named = withInstanceName(definition.value, context.namespace);
  const value = { ...named, previewOnly: [...named.previewOnly, ...projectFields(named, context)] };
  const ownErrors = reading.problems.filter(({ severity }) => severity === "error");
  const found = applicationProblems(value, { ...context, place: placeOf(reading) });
  return { ...definition, value, problems: [...ownErrors, ...found], isStale: reading.isStale };
}

function projectFields(
  { project: name }: Application,
  { projects }: ApplicationContext,
): readonly UnhonouredField[] {
  const project = projects.find(({ value }) => value.name === name)?.value;
  const fields = project?.previewOnly ?? [];
  return fields.map(({ field, consequence }) => ({ field: `AppProject ${name}: ${field}`, consequence }));
}
