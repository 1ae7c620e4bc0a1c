import { isDeepStrictEqual } from "node:util";

import { OperationError } from "../../errors/operation-error.ts";
import { type Connection, createConnection } from "./http-exchange.ts";
import type { SignIn, SignInSource } from "./sign-in.ts";

/** The connection that fits the credentials as they are now. */
export interface Connections {
  /** @throws OperationError ClusterCertificate, and what reading the credentials throws */
  current(): Promise<{ readonly connection: Connection; readonly headers: SignIn["headers"] }>;
  close(): Promise<void>;
}

/** Keeps one connection as long as server and certificates stay; a rotated CA gets a new one, the old one runs out. */
export function createConnections(source: SignInSource): Connections {
  const open = new Set<Connection>();
  let connection: Connection | undefined;
  let madeFor: Pick<SignIn, "server" | "tls"> | undefined;
  return {
    async current() {
      const { headers, ...place } = await source.read();
      if (connection === undefined || !isDeepStrictEqual(place, madeFor)) {
        const next = connect(source, place);
        retire(connection, open);
        connection = next;
        open.add(next);
        madeFor = place;
      }
      return { connection, headers };
    },
    async close() {
      await Promise.all([...open].map((one) => one.destroy()));
    },
  };
}

function retire(connection: Connection | undefined, open: Set<Connection>): void {
  void connection?.retire().then(() => open.delete(connection));
}

function connect({ destination }: SignInSource, place: Pick<SignIn, "server" | "tls">): Connection {
  try {
    return createConnection(place);
  } catch (cause) {
    const problem = "a certificate or key that was given for it cannot be read";
    throw OperationError.of("ClusterCertificate", { destination, problem }, { cause });
  }
}
