import type { Application, UnhonouredField } from "../domain/application.ts";
import type { ApplicationDefinition, ControlPlaneSnapshot } from "../domain/control-plane.ts";
import { withInstanceName } from "./application-manifest.ts";
import { applicationProblems } from "./cross-checks.ts";
import { type Defined, placeOf } from "./defined-readings.ts";

/** The rest of the control plane, as far as it bears on an Application. */
export type ApplicationContext = Pick<ControlPlaneSnapshot, "namespace" | "projects" | "clusters">;

export type DefineApplication = (
  reading: Defined<"application">,
  context: ApplicationContext,
) => ApplicationDefinition;

/**
 * An Application as it stands in its control plane: with the name it is tracked by there, with what its project keeps
 * from being synced, and with every reason why it cannot be used.
 */
export function defineApplication(
  reading: Defined<"application">,
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

/**
 * {@link defineApplication}, remembering its answers: while the rest of the control plane stays as it is, only documents
 * that were read anew are judged anew.
 */
export function createApplicationDefiner(): DefineApplication {
  const known = new WeakMap<object, { readonly rules: string; readonly definition: ApplicationDefinition }>();
  let last: { readonly context: ApplicationContext; readonly rules: string } | undefined;
  return (reading, context) => {
    last = last?.context === context ? last : { context, rules: rulesOf(context) };
    const before = known.get(reading);
    if (before?.rules === last.rules) return before.definition;
    const definition = defineApplication(reading, context);
    known.set(reading, { rules: last.rules, definition });
    return definition;
  };
}

function rulesOf({ namespace, projects, clusters }: ApplicationContext): string {
  return JSON.stringify([namespace, projects, clusters.map(({ cluster }) => cluster)]);
}
