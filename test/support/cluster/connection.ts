import {
  type ClusterConnection,
  type ConnectionParts,
  connectCluster,
} from "../../../src/adapters/kubernetes/cluster-connections.ts";
import type { SignIn, SignInSource } from "../../../src/adapters/kubernetes/sign-in.ts";
import { createSystemClock } from "../../../src/adapters/system/clock.ts";
import { createRecordedLog } from "../silent-log.ts";
import type { ClusterAccess } from "./start-cluster.ts";

/** Ports on a running cluster, as `admin` unless the sign-in says otherwise. */
export function connectTo(
  { server, ca, tokens }: Pick<ClusterAccess, "server" | "ca" | "tokens">,
  options: { readonly signIn?: Partial<SignIn>; readonly parts?: Partial<ConnectionParts> } = {},
): ClusterConnection {
  const signIn: SignIn = {
    server,
    tls: { ca, verify: "always" },
    headers: { authorization: `Bearer ${tokens.admin}` },
    ...options.signIn,
  };
  return connectCluster(constantSignIn(signIn), {}, { ...testParts(), ...options.parts });
}

export function constantSignIn(signIn: SignIn): SignInSource {
  return { destination: "test", read: () => Promise.resolve(signIn), forget: () => undefined };
}

export function testParts(): ConnectionParts {
  return { clock: createSystemClock(), log: createRecordedLog(), random: Math.random };
}
