import { sha256 } from "../adapters/system/digest.ts";
import { createTurns } from "../adapters/system/turns.ts";
import type { RenderAnswer, RenderDependencies } from "../cli/render.ts";
import type { Application } from "../domain/application.ts";
import type { RenderSettings } from "../domain/control-plane-settings.ts";
import { isJsonObject, type JsonObject, objectAt } from "../domain/json.ts";
import { builtInScopeOf } from "../domain/kind-scopes.ts";
import { withMetadata } from "../domain/manifest.ts";
import { TRACKING_ANNOTATION } from "../domain/tracking.ts";
import { renderTargets } from "../reconciler/render-targets.ts";
import { chooseDefinition } from "./cli-definitions.ts";
import type { CliOptions } from "./cli-options.ts";
import { findNamedCommit } from "./cli-revision.ts";
import { unreadStandIns } from "./cli-stand-ins.ts";
import { type CliWorld, withCliWorld } from "./cli-world.ts";

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
      const { application, snapshot, warnings } = await chooseDefinition(choice, options);
      const sources = { repositories, snapshot };
      return withCliWorld(options, sources, async (world) => {
        const answer = await renderOnce(
          { application: await atRevision(application, revision, world), settings: snapshot.settings },
          world,
        );
        const unread = unreadStandIns(repositories, [application]);
        return { ...answer, warnings: [...warnings.filter(isAboutRendering), ...unread, ...answer.warnings] };
      });
    },
  };
}

async function renderOnce(
  asked: { readonly application: Application; readonly settings: RenderSettings },
  world: CliWorld,
): Promise<RenderAnswer> {
  const trees = await world.revisions.treesOf(asked.application);
  const request = { ...asked, trees, trust: "synced", ...NO_CLUSTER } as const;
  const { state } = await renderTargets(request, {
    renders: world.renders,
    digest: sha256,
    turns: createTurns(),
    seedSecret: "plumbline render",
  });
  return {
    objects: state.manifests.map(({ object }) => withoutTracking(object)),
    warnings: [
      ...world.uncommitted,
      ...state.warnings,
      ...(state.isDeterministic
        ? []
        : [
            "a template asked for the time or for randomness: a sync draws values of its own, not the ones printed here",
          ]),
    ],
  };
}

/** A render is judged by no project. */
function isAboutRendering(warning: string): boolean {
  return !warning.startsWith("AppProject ");
}

/**
 * `--revision` stands in for the first source's targetRevision, and may name an ancestor (`main~1`), as a targetRevision
 * may not. @throws OperationError Repository…, RevisionNotFound, RevisionMalformed
 */
async function atRevision(
  application: Application,
  revision: string | undefined,
  { revisions }: CliWorld,
): Promise<Application> {
  const [first, ...rest] = application.sources;
  if (revision === undefined || first === undefined) return application;
  if (!/[~^]/.test(revision)) {
    return { ...application, sources: [{ ...first, targetRevision: revision }, ...rest] };
  }
  const repository = await revisions.open(first.repoURL, application.project);
  const { sha } = await findNamedCommit(repository, await repository.listRefs(), revision);
  return { ...application, sources: [{ ...first, targetRevision: sha }, ...rest] };
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
