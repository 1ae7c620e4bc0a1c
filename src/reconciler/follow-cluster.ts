import { managedNamespaceTarget } from "../domain/namespace-task.ts";
import { formatResourceKey } from "../domain/resource-key.ts";
import type { ClusterConnection } from "../ports/clusters.ts";
import type { RegisteredApplication, Registry } from "./registry.ts";

/**
 * Objects that changed are their Application's concern, and a namespace's metadata theirs who manage it; a watch that broke or healed concerns all of the
 * cluster's.
 */
export function followCluster(
  { cluster, live }: ClusterConnection,
  {
    registry,
    enqueueApplication,
  }: { readonly registry: Registry; readonly enqueueApplication: (id: string) => void },
): void {
  live.subscribe(({ instanceNames, keys, kinds }) => {
    const concerned =
      kinds.length > 0
        ? registry.list()
        : [
            ...[...instanceNames].flatMap((name) => registry.byInstanceName(name)),
            ...managersOf(keys, registry),
          ];
    for (const { id, application } of concerned) {
      const { server, name } = application.destination;
      if (server === cluster.server || name === cluster.name) enqueueApplication(id);
    }
  });
}

/** Applications that keep labels and annotations on one of these namespaces: it carries no tracking id that names them. */
function managersOf(keys: ReadonlySet<string>, registry: Registry): readonly RegisteredApplication[] {
  if (![...keys].some((key) => key.startsWith("/Namespace:"))) return [];
  return registry.list().filter(({ application }) => {
    const namespace = managedNamespaceTarget(application);
    return namespace !== undefined && keys.has(formatResourceKey(namespace.key));
  });
}
