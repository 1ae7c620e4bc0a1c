import { sha256 } from "../adapters/system/digest.ts";
import type { ApplicationChoice, RenderAnswer, RenderDependencies } from "../cli/render.ts";
import type { Application } from "../domain/application.ts";
import type { ConfigProblem, ControlPlaneSnapshot } from "../domain/control-plane.ts";
import { isJsonObject, type JsonObject, objectAt } from "../domain/json.ts";
import { builtInScopeOf } from "../domain/kind-scopes.ts";
import { withMetadata } from "../domain/manifest.ts";
import { DEFAULT_PROJECT } from "../domain/project.ts";
import { TRACKING_ANNOTATION } from "../domain/tracking.ts";
import { OperationError } from "../errors/operation-error.ts";
import { renderTargets } from "../reconciler/render-targets.ts";
import {
  type CliOptions,
  type CliWorld,
  readControlPlaneFolder,
  readDefinitionFiles,
  withCliWorld,
} from "./cli-world.ts";

/** Without a cluster: Helm's default capabilities, built-in scopes, nothing excluded. */
const NO_CLUSTER = {
  capabilities: { kubeVersion: "", apiVersions: [] },
  scopeOf: builtInScopeOf,
  excluded: { resourceExclusions: [], resourceInclusions: [], server: "" },
} as const;

/** What `plumbline render` needs, on real Git and real engines. */
export function createRenderDependencies(options: CliOptions): RenderDependencies {
  return {
    render: async (choice, { repositories, revision }) => {
      const application = atRevision(await chooseApplication(choice, options), revision);
      return withCliWorld(options, repositories, (world) => renderOnce(application, world));
    },
  };
}

async function renderOnce(application: Application, world: CliWorld): Promise<RenderAnswer> {
  const trees = await world.revisions.treesOf(application);
  const request = { application, trees, trust: "synced", ...NO_CLUSTER } as const;
  const { state } = await renderTargets(request, {
    renders: world.renders,
    digest: sha256,
    seedSecret: "plumbline render",
  });
  return {
    objects: state.manifests.map(({ object }) => withoutTracking(object)),
    warnings: [
      ...state.warnings,
      ...(state.isDeterministic
        ? []
        : [
            "a template asked for the time or for randomness: a sync draws values of its own, not the ones printed here",
          ]),
    ],
  };
}

/** An Application, and the definitions it was found among. */
export interface ChosenDefinition {
  readonly application: Application;
  readonly snapshot: ControlPlaneSnapshot;
  readonly warnings: readonly string[];
}

/**
 * The Application a command names, and what to judge it by. A project that is not among the definitions restricts
 * nothing: the cluster is reached with the user's own rights.
 * @throws OperationError ApplicationMissing, DefinitionInvalid
 */
export async function chooseDefinition(
  choice: ApplicationChoice,
  options: CliOptions,
): Promise<ChosenDefinition> {
  const snapshot =
    "file" in choice
      ? await readDefinitionFiles([choice.file], options.workingDirectory)
      : await readControlPlaneFolder(options);
  const application = pick(choice, snapshot);
  if (snapshot.projects.some(({ value }) => value.name === application.project))
    return { application, snapshot, warnings: [] };
  const project = { value: { ...DEFAULT_PROJECT, name: application.project }, file: "", isStale: false };
  return {
    application,
    snapshot: { ...snapshot, projects: [...snapshot.projects, project] },
    warnings: [`AppProject \`${application.project}\` is not defined here: its rules are not checked`],
  };
}

/** The Application a command names. @throws OperationError ApplicationMissing, DefinitionInvalid */
export async function chooseApplication(
  choice: ApplicationChoice,
  options: CliOptions,
): Promise<Application> {
  return (await chooseDefinition(choice, options)).application;
}

function pick(choice: ApplicationChoice, { applications, problems }: ControlPlaneSnapshot): Application {
  const where = "file" in choice ? `\`${choice.file}\`` : "the control plane";
  const matching =
    "file" in choice ? applications : applications.filter(({ value }) => value.name === choice.name);
  const [found, ...others] = matching;
  if (found !== undefined && others.length === 0) return found.value;
  const own = problems.filter(isAboutApplication);
  if (found === undefined && own.length > 0)
    throw OperationError.of("DefinitionInvalid", { problems: own.map(lineOf) });
  throw OperationError.of("ApplicationMissing", {
    where,
    names: applications.map(({ value }) => value.name),
  });
}

/** `--revision` stands in for the first source's targetRevision. */
export function atRevision(application: Application, revision: string | undefined): Application {
  const [first, ...rest] = application.sources;
  if (revision === undefined || first === undefined) return application;
  return { ...application, sources: [{ ...first, targetRevision: revision }, ...rest] };
}

function isAboutApplication({ severity, subject }: ConfigProblem): boolean {
  return severity === "error" && (subject === undefined || subject.kind === "Application");
}

/** A problem on one line, with its place. */
export function lineOf({ file, document, line, field, title }: ConfigProblem): string {
  const place = line > 0 ? `${file}:${line}` : `${file} (document ${document})`;
  return `${place}${field === "" ? "" : ` ${field}`}: ${title}`;
}

/** The tracking id belongs to a sync; what is printed is what Git says. */
function withoutTracking(object: JsonObject): JsonObject {
  const annotations = objectAt(object, "metadata", "annotations");
  if (!Object.hasOwn(annotations, TRACKING_ANNOTATION)) return object;
  const { [TRACKING_ANNOTATION]: _, ...rest } = annotations;
  return withMetadata(object, {
    annotations: isJsonObject(rest) && Object.keys(rest).length > 0 ? rest : undefined,
  });
}
