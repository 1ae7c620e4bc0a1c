import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { OperationError } from "../../errors/operation-error.ts";
import type { Clock } from "../../ports/clock.ts";
import { rememberFor } from "./remember-for.ts";
import type { SignIn, SignInSource } from "./sign-in.ts";

/** Where a pod finds its own cluster and account. */
export interface PodAccount {
  /** `KUBERNETES_SERVICE_HOST` and `KUBERNETES_SERVICE_PORT`. */
  readonly host: string;
  readonly port: string;
  /** Usually `/var/run/secrets/kubernetes.io/serviceaccount`: `token` and `ca.crt`. */
  readonly folder: string;
}

/** The kubelet renews the token some time before it ends; the file is read again at least this often. */
const READ_AGAIN_AFTER_MS = 60_000;

/** The account of the pod we run in. */
export function createPodSignIn(
  destination: string,
  { host, port, folder }: PodAccount,
  clock: Pick<Clock, "monotonic">,
): SignInSource {
  const readFiles = async (): Promise<SignIn> => {
    try {
      const token = (await readFile(join(folder, "token"), "utf8")).trim();
      const ca = await readFile(join(folder, "ca.crt"), "utf8");
      const server = `https://${host.includes(":") ? `[${host}]` : host}:${port}`;
      return { server, tls: { ca, verify: "always" }, headers: { authorization: `Bearer ${token}` } };
    } catch (cause) {
      const problem = "the pod's service account token cannot be read";
      throw OperationError.of("ClusterCredentialsRefused", { destination, problem }, { cause });
    }
  };
  return { destination, ...rememberFor(READ_AGAIN_AFTER_MS, clock, readFiles) };
}
