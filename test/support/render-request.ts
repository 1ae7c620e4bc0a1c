import type { ApplicationSource } from "../../src/domain/application.ts";
import type { RenderRequest } from "../../src/ports/renderer.ts";

/** A request for one path of a tree, as short as a test wants to have it. */
export function renderRequest(
  tree: string,
  source: Partial<ApplicationSource> & Pick<ApplicationSource, "path">,
  more: Partial<RenderRequest> = {},
): RenderRequest {
  return {
    trust: "synced",
    mounts: [{ name: "", repository: "example", tree }],
    source: {
      repoURL: "https://git.example/example.git",
      chart: "",
      targetRevision: "HEAD",
      ref: "",
      name: "",
      ...source,
    },
    environment: {
      applicationName: "web",
      instanceName: "web",
      projectName: "default",
      namespace: "shop",
      revision: "0123456789abcdef0123456789abcdef01234567",
    },
    capabilities: { kubeVersion: "", apiVersions: [] },
    seed: "a seed nobody knows",
    ...more,
  };
}
