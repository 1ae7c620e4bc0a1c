import type { ApiServer } from "../api-server.ts";
import type { Scheduler } from "../scheduler.ts";
import type { Timing } from "../timing.ts";
import { createAutoscalerController } from "./autoscalers.ts";
import { createControllerContext, runControllers } from "./controller.ts";
import { createCronJobController } from "./cron-jobs.ts";
import { createDaemonSetController } from "./daemon-sets.ts";
import { createDefinitionController } from "./definitions.ts";
import { createDeploymentController } from "./deployments.ts";
import { createDisruptionController } from "./disruption-budgets.ts";
import { createGarbageCollector } from "./garbage-collector.ts";
import { createJobController } from "./jobs.ts";
import { createKubelet, NODE_NAME, nodeObject, nodeStatus } from "./kubelet.ts";
import { createNamespaceController } from "./namespaces.ts";
import { createProvisioners } from "./provisioners.ts";
import { createReplicaSetController } from "./replica-sets.ts";
import { createStatefulSetController } from "./stateful-sets.ts";

const NAMESPACES = ["kube-system", "kube-public", "kube-node-lease", "default"];

/** Brings up what every cluster has, and starts its controllers. @returns how to stop them. */
export function startControllers(
  server: ApiServer,
  time: { readonly scheduler: Scheduler; readonly timing: Timing },
): () => void {
  const context = createControllerContext(server, time, "kube-controller-manager");
  const apiserver = createControllerContext(server, time, "kube-apiserver");
  const kubelet = createControllerContext(server, time, "kubelet");
  const stop = runControllers(
    [
      createGarbageCollector(context),
      createNamespaceController(context),
      createDefinitionController(apiserver, server.state.kinds),
      createDeploymentController(context),
      createReplicaSetController(context),
      createStatefulSetController(context),
      createDaemonSetController(context),
      createJobController(context),
      createCronJobController(context),
      createAutoscalerController(context),
      createDisruptionController(context),
      ...createProvisioners(context),
      createKubelet(kubelet),
    ],
    context,
  );
  for (const name of NAMESPACES) context.create({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
  kubelet.create(nodeObject());
  kubelet.updateStatus({ group: "", kind: "Node", namespace: "", name: NODE_NAME }, () =>
    nodeStatus(time.scheduler.now()),
  );
  return stop;
}
