import type { ClusterConnection } from "../ports/clusters.ts";
import type { Registry } from "./registry.ts";

/** Objects that changed are their Application's concern; a watch that broke or healed concerns all of the cluster's. */
export function followCluster(
  { cluster, live }: ClusterConnection,
  {
    registry,
    enqueueApplication,
  }: { readonly registry: Registry; readonly enqueueApplication: (id: string) => void },
): void {
  live.subscribe(({ instanceNames, kinds }) => {
    const concerned =
      kinds.length > 0
        ? registry.list()
        : [...instanceNames].flatMap((name) => registry.byInstanceName(name));
    for (const { id, application } of concerned) {
      const { server, name } = application.destination;
      if (server === cluster.server || name === cluster.name) enqueueApplication(id);
    }
  });
}
