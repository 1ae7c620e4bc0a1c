import { readFile } from "node:fs/promises";
import { Agent, request } from "undici";

import type { RunningCluster } from "../../test/support/cluster/start-cluster.ts";
import { timed } from "./measure.ts";

/** As many as Plumbline sends at a time. */
const PARALLEL = 32;
/** The floor is measured up to that much too long: a hundredth of what it is. */
const LOOK_AGAIN_MS = 100;

/** Objects of which each waits for the one before it: path of the API server, and JSON. */
export interface BareApplication {
  readonly namespace: string;
  readonly objects: readonly (readonly [path: string, body: string])[];
}

/**
 * The floor beneath any syncing: the same objects sent as server-side applies and nothing else, until as many
 * Deployments as there are among them are available. Milliseconds.
 */
export async function bareApplies(
  { server, kubeconfig, ca }: RunningCluster,
  applications: readonly BareApplication[],
): Promise<number> {
  const token = /token: "([^"]+)"/.exec(await readFile(kubeconfig, "utf8"))?.[1] ?? "";
  const dispatcher = new Agent({ connect: { ca }, connections: PARALLEL });
  const headers = { authorization: `Bearer ${token}` };
  const apply = async ([path, body]: readonly [string, string]): Promise<void> => {
    const url = `${server}${path}?fieldManager=bare&force=true`;
    const patch = { ...headers, "content-type": "application/apply-patch+yaml" };
    const answer = await request(url, { dispatcher, method: "PATCH", headers: patch, body });
    await answer.body.dump();
    if (answer.statusCode >= 300) throw new Error(`PATCH ${path} → ${answer.statusCode}`);
  };
  const available = async (): Promise<number> => {
    const answer = await request(`${server}/apis/apps/v1/deployments`, { dispatcher, headers });
    const { items } = (await answer.body.json()) as { items: readonly BareDeployment[] };
    const ours = new Set(applications.map(({ namespace }) => namespace));
    return items.filter(
      ({ metadata, status }) => ours.has(metadata.namespace) && status.availableReplicas === 1,
    ).length;
  };
  const wanted = applications.flatMap(({ objects }) =>
    objects.filter(([path]) => path.includes("/deployments/")),
  );
  try {
    const { ms } = await timed(async () => {
      const queue = applications.values();
      const worker = async (): Promise<void> => {
        for (const { objects } of queue) for (const one of objects) await apply(one);
      };
      await Promise.all(Array.from({ length: PARALLEL }, worker));
      while (wanted.length > 0 && (await available()) < wanted.length) {
        // Nothing of ours is to take part in the floor, and a watch is ours: Deployments are listed until they are there.
        await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
      }
    });
    return ms;
  } finally {
    await dispatcher.close();
  }
}

interface BareDeployment {
  readonly metadata: { readonly namespace: string };
  readonly status: { readonly availableReplicas?: number };
}
