import type { ClusterDefinition } from "../../domain/control-plane.ts";
import { OperationError } from "../../errors/operation-error.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ClusterReads, LiveState } from "../../ports/cluster-reads.ts";
import type { ClusterWrites } from "../../ports/cluster-writes.ts";
import type { Log } from "../../ports/log.ts";
import type { ServerDryRun } from "../../ports/server-dry-run.ts";
import { createApiServer } from "./api-server.ts";
import { createClusterReads } from "./cluster-reads.ts";
import { createClusterWrites } from "./cluster-writes.ts";
import { createKinds } from "./kinds.ts";
import { createLiveState } from "./live-state.ts";
import type { OwnCluster } from "./own-cluster.ts";
import { secretSignIn } from "./secret-sign-in.ts";
import { createServerDryRun } from "./server-dry-run.ts";
import type { SignInSource } from "./sign-in.ts";

/** One cluster behind all its ports. Nothing is sent before one of them is asked. */
export interface ClusterConnection {
  readonly reads: ClusterReads;
  readonly live: LiveState;
  readonly dryRun: ServerDryRun;
  readonly writes: ClusterWrites;
  close(): Promise<void>;
}

export interface ConnectionParts {
  readonly clock: Clock;
  readonly log: Log;
  /** Uniform in [0, 1): spreads retries. */
  readonly random: () => number;
  /** Told of every answer or failure (status 0), for metrics. */
  readonly onExchange?: (method: string, status: number) => void;
  /** For tests; see {@link WATCH_SILENCE_MS}. */
  readonly silenceMs?: number;
}

/** Connects to one cluster. */
export function connectCluster(
  signIn: SignInSource,
  { namespaces = [] }: { readonly namespaces?: readonly string[] },
  parts: ConnectionParts,
): ClusterConnection {
  const api = createApiServer({ ...parts, signIn });
  const kinds = createKinds(api, parts.clock);
  const live = createLiveState({ ...parts, api, kinds, namespaces });
  return {
    reads: createClusterReads(api, kinds),
    live,
    dryRun: createServerDryRun(api, kinds),
    writes: createClusterWrites({ api, kinds }),
    async close() {
      // Together: what a watch still asks of a server that does not answer ends with the connection.
      await Promise.all([live.close(), api.close()]);
    },
  };
}

/** Every cluster that is configured, connected when first asked for. */
export interface ClusterConnections {
  /** @throws OperationError ClusterUnknown */
  open(server: string): ClusterConnection;
  /**
   * The definitions as they are now. New credentials are used from the next request on, without a new connection
   * where only a token changed; a cluster that is not among them any more is closed, and its operations fail. Of two
   * definitions for one server the one whose cluster name comes first counts.
   */
  define(definitions: readonly ClusterDefinition[]): void;
  close(): Promise<void>;
}

/**
 * @param own - the cluster to use for a destination that names one of its servers, unless a definition with credentials
 *   is for that server. Absent where there is none.
 */
export function createClusterConnections(
  own: Pick<OwnCluster, "signIn" | "servers"> | undefined,
  parts: ConnectionParts,
): ClusterConnections {
  const definitions = new Map<string, ClusterDefinition>();
  const open = new Map<string, { readonly connection: ClusterConnection; readonly identity: string }>();

  const drop = (server: string): Promise<void> => {
    const entry = open.get(server);
    open.delete(server);
    return entry?.connection.close() ?? Promise.resolve();
  };
  const connect = (server: string): ClusterConnection => {
    const present = open.get(server);
    if (present !== undefined) return present.connection;
    const definition = definitions.get(server);
    const signIn = isOwn(server, definition, own) ? own?.signIn : definedSignIn(server, definitions);
    if (signIn === undefined) throw OperationError.of("ClusterUnknown", { destination: server });
    const namespaces = definition?.cluster.namespaces ?? [];
    const connection = connectCluster(signIn, { namespaces }, parts);
    open.set(server, { connection, identity: identityOf(definition) });
    return connection;
  };
  return {
    open: (server) => connect(server),
    define(next) {
      definitions.clear();
      for (const definition of next) {
        const { server, name } = definition.cluster;
        const present = definitions.get(server);
        if (present === undefined || name < present.cluster.name) definitions.set(server, definition);
      }
      for (const [server, { identity }] of open) {
        if (identity !== identityOf(definitions.get(server))) void drop(server);
      }
    },
    async close() {
      await Promise.all([...open.keys()].map(drop));
    },
  };
}

/** Without credentials a definition only describes a cluster that is reached otherwise. */
function isOwn(
  server: string,
  definition: ClusterDefinition | undefined,
  own: Pick<OwnCluster, "servers"> | undefined,
): boolean {
  return own?.servers.includes(server) === true && !hasCredentials(definition);
}

function hasCredentials(definition: ClusterDefinition | undefined): boolean {
  return Object.keys(definition?.credentials ?? {}).length > 0;
}

/** What a connection cannot take on later: another way in, or other namespaces to watch. */
function identityOf(definition: ClusterDefinition | undefined): string {
  return JSON.stringify([
    definition?.cluster.name,
    hasCredentials(definition),
    definition?.cluster.namespaces,
  ]);
}

/** Reads the definition each time: a rotated token or CA counts at once. */
function definedSignIn(
  server: string,
  definitions: ReadonlyMap<string, ClusterDefinition>,
): SignInSource | undefined {
  const definition = definitions.get(server);
  if (definition?.credentials === undefined) return undefined;
  const destination = definition.cluster.name;
  return {
    destination,
    async read() {
      const present = definitions.get(server);
      if (present === undefined) throw OperationError.of("ClusterUnknown", { destination });
      return secretSignIn(destination, server, present.credentials ?? {});
    },
    forget: () => undefined,
  };
}
