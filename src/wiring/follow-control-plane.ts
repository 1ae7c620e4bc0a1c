import type { ControlPlane } from "../ports/control-plane.ts";
import { isSameRepository } from "../reconciler/find-change.ts";
import type { Installed } from "../reconciler/installed.ts";
import type { RegisteredApplication, Registry } from "../reconciler/registry.ts";
import type { ClusterAccess } from "./clusters.ts";
import { secretsOf } from "./secrets.ts";
import type { ServerCore } from "./server-core.ts";

export interface FollowControlPlaneParts {
  readonly controlPlane: ControlPlane;
  readonly registry: Registry;
  /** From now on these must not leave. */
  readonly remember: (secrets: Iterable<string>) => void;
  readonly access: ClusterAccess;
  readonly core: ServerCore;
  readonly installed: Pick<Installed, "list">;
}

/**
 * Adopts what the operator defined, and every change of it: Applications are looked at, and so is what pull requests of
 * their repositories show. @returns how to stop
 */
export function followControlPlane(parts: FollowControlPlaneParts): () => void {
  const { controlPlane, registry, remember, access, core, installed } = parts;
  const adopt = (): void => {
    remember(secretsOf(registry.snapshot()));
    access.define(registry.snapshot().clusters);
  };
  adopt();
  return controlPlane.subscribe((snapshot) => {
    const [before, rules] = [new Map(registry.list().map((one) => [one.id, one])), registry.rulesVersion()];
    const { changed, removed } = registry.replaceControlPlane(snapshot);
    adopt();
    for (const id of [...changed, ...removed]) core.reconciler.enqueueApplication(id);
    const concerned = [
      ...changed.map((id) => registry.get(id)),
      ...[...changed, ...removed].map((id) => before.get(id)),
    ];
    for (const repository of installed.list()) {
      // What repositories define is judged by the same rules.
      if (registry.rulesVersion() !== rules) core.reconciler.enqueueRefs(repository.cloneUrl);
      else if (!concerned.some((one) => reads(one, repository.cloneUrl))) continue;
      core.reconciler.lookAtPulls(repository);
    }
  });
}

function reads(registered: RegisteredApplication | undefined, url: string): boolean {
  return registered?.application.sources.some(({ repoURL }) => isSameRepository(repoURL, url)) ?? false;
}
