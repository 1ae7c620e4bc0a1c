import type { Application } from "../domain/application.ts";
import type { ClusterApi } from "../domain/cluster.ts";
import { builtInScopeOf, withDefinedKinds } from "../domain/kind-scopes.ts";
import type { Problem } from "../domain/problem.ts";
import { forbiddenBy } from "../domain/project-rules.ts";
import { OperationError } from "../errors/operation-error.ts";
import type { Log } from "../ports/log.ts";
import type { LivePreview } from "./live-preview.ts";
import { type ObservePorts, placeOf, renderAt } from "./observe-application.ts";
import type { PreviewPorts } from "./preview-change.ts";
import { problemOf } from "./problems.ts";

type Parts = Omit<ObservePorts, "settle" | "formerKinds">;

/** What previews are made with: renders, the projects' rules, and, where asked, live state. Nothing here writes. */
export function createPreviewPorts(parts: Parts, live: LivePreview | undefined, log: Log): PreviewPorts {
  return {
    log,
    turns: parts.turns,
    ...(live === undefined ? {} : { live }),
    render: async ({ application, trees }, trust, signal) => {
      const place = await renderingPlace(application, parts);
      return renderAt({ application, trees, trust, place }, parts, signal);
    },
    forbidden: async (application, targets) => {
      const keys = targets.state.manifests.map(({ key }) => key);
      return forbiddenProblem(application, keys, {
        parts,
        objects: targets.state.manifests.map(({ object }) => object),
      });
    },
  };
}

const UNKNOWN_API: ClusterApi = { kubeVersion: "", resources: [], unavailableGroups: [] };

/** A cluster that does not answer is no reason not to render: built-in kinds and Helm's own defaults stand in. */
async function renderingPlace(application: Application, parts: Parts) {
  try {
    return await placeOf(application, parts);
  } catch (error) {
    if (!(error instanceof OperationError) || !error.retryable) throw error;
    const connection = parts.clusters.connect(application.destination);
    return { connection, api: UNKNOWN_API, scopeOf: builtInScopeOf };
  }
}

async function forbiddenProblem(
  application: Application,
  keys: Parameters<typeof forbiddenBy>[2],
  { parts, objects }: { readonly parts: Parts; readonly objects: Parameters<typeof withDefinedKinds>[1] },
): Promise<Problem | undefined> {
  const project = parts.registry.project(application.project);
  if (project === undefined) {
    return problemOf(
      OperationError.of("ProjectUnknown", { application: application.name, project: application.project }),
    );
  }
  const { connection, scopeOf } = await renderingPlace(application, parts);
  const context = {
    cluster: connection.cluster,
    scopeOf: withDefinedKinds(scopeOf, objects),
    controlPlaneNamespace: parts.registry.snapshot().namespace,
  };
  const [first] = forbiddenBy({ application, project }, context, keys);
  if (first === undefined) return undefined;
  const { what } = first;
  return problemOf(
    OperationError.of("ProjectForbids", { application: application.name, project: project.name, what }),
  );
}
