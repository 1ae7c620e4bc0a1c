import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { connectCluster } from "../../../src/adapters/kubernetes/cluster-connections.ts";
import { type Connection, createConnection } from "../../../src/adapters/kubernetes/http-exchange.ts";
import type { Clock } from "../../../src/ports/clock.ts";
import { constantSignIn, testParts } from "../../support/cluster/connection.ts";

const GET = { method: "GET", path: "/version", repeat: "always" } as const;

/** A server made of sockets: what it says to each request is up to the test. */
let answer: (socket: Socket) => void;
let requests = 0;
let server: Server;
let url = "";
const sockets = new Set<Socket>();

beforeEach(async () => {
  requests = 0;
  answer = () => undefined;
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
    socket.on("data", () => {
      requests += 1;
      answer(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

describe("a request is settled however it ends", () => {
  let connection: Connection;
  beforeEach(() => {
    connection = createConnection({ server: url, tls: { verify: "always" } });
  });
  afterEach(() => connection.destroy());

  it.for([
    { how: "before a byte came", words: "" },
    { how: "in the middle of the head", words: "HTTP/1.1 200 OK\r\ncontent-le" },
    { how: "in the middle of the body", words: "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc" },
    {
      how: "in the middle of a chunk",
      words: "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab",
    },
  ])("when the server goes $how", async ({ words }) => {
    answer = (socket) => socket.end(words);
    expect(await connection.exchange(GET, {})).toMatchObject({ kind: "unreachable", sent: true });
  });

  it.for([
    { what: "no HTTP", words: "220 mail.example.com ESMTP\r\n" },
    {
      what: "another protocol",
      words: "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
    },
  ])("when the server speaks $what", async ({ words }) => {
    answer = (socket) => socket.write(words);
    expect(await connection.exchange(GET, {})).toMatchObject({ kind: "unreachable", sent: true });
  });

  it("when the answer is longer than any that is taken", async () => {
    answer = (socket) => socket.write("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n0123456789");
    expect(await connection.exchange({ ...GET, bytesMax: 9 }, {})).toMatchObject({ kind: "too-large" });
  });

  it("when the connection is broken off while it is under way", async () => {
    answer = () => void connection.destroy();
    expect(await connection.exchange(GET, {})).toMatchObject({ kind: "unreachable", sent: true });
  });

  it("when the connection takes nothing any more, and may then be sent again on another", async () => {
    await connection.retire();
    expect(await connection.exchange({ ...GET, repeat: "if-not-sent" }, {})).toMatchObject({
      kind: "unreachable",
      sent: false,
    });
    expect(requests).toBe(0);
  });
});

/** Its time passes as soon as somebody waits for it. */
function createHurriedClock(): Clock {
  let elapsed = 0;
  return {
    now: () => elapsed,
    monotonic: () => elapsed,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        elapsed += ms;
        setImmediate(() => (signal?.aborted === true ? reject(signal.reason as Error) : resolve()));
      }),
  };
}

const throttled = (retryAfter: string) =>
  `HTTP/1.1 429 Too Many Requests\r\nretry-after: ${retryAfter}\r\ncontent-length: 0\r\n\r\n`;
const signIn = () => constantSignIn({ server: url, tls: { verify: "always" }, headers: {} });

describe("a server that asks for patience", () => {
  it("T250 is not asked for ever where it asks for none", async () => {
    answer = (socket) => socket.write(throttled("0"));
    const connection = connectCluster(signIn(), {}, { ...testParts(), clock: createHurriedClock() });
    await expect(connection.reads.identity()).rejects.toMatchObject({ reason: "ClusterThrottled" });
    expect(requests).toBeLessThan(150);
    await connection.close();
  });

  it("T250 silences nobody for a day", async () => {
    answer = (socket) => socket.write(throttled("86400"));
    const clock = createHurriedClock();
    const connection = connectCluster(signIn(), {}, { ...testParts(), clock });
    await expect(connection.reads.identity()).rejects.toMatchObject({ retryAfterMs: 86_400_000 });
    answer = (socket) => {
      const body = '{"metadata":{"uid":"u1"}}';
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    };
    expect(await connection.reads.identity()).toBe("u1");
    expect(clock.monotonic()).toBeLessThan(300_000);
    await connection.close();
  });
});

/** Well below the minute that a request may take, and the wait that a server may ask for. */
describe("a connection that is closed", { timeout: 30_000 }, () => {
  it("ends what waits for a server that never answers", async () => {
    const connection = connectCluster(signIn(), {}, testParts());
    const asked = [connection.reads.identity(), connection.live.watch([{ group: "", kind: "ConfigMap" }])];
    const ended = Promise.allSettled(asked);
    await expect.poll(() => requests).toBeGreaterThan(2);
    await connection.close();
    const reasons = (await ended).map((one): unknown => (one.status === "rejected" ? one.reason : undefined));
    expect(reasons).toMatchObject([{ reason: "ClusterUnreachable" }, { reason: "ClusterUnreachable" }]);
  });

  it("ends a list that the server never answers", async () => {
    const discovery: Record<string, string> = {
      "/version": '{"gitVersion":"v1.36.3"}',
      "/api": '{"versions":["v1"]}',
      "/apis": '{"groups":[]}',
      "/api/v1":
        '{"resources":[{"name":"configmaps","kind":"ConfigMap","namespaced":true,"verbs":["list","watch"]}]}',
    };
    let lists = 0;
    server.removeAllListeners("connection").on("connection", (socket: Socket) => {
      sockets.add(socket);
      socket.on("data", (bytes) => {
        const path = bytes.toString().split(" ")[1] ?? "";
        const body = discovery[path];
        if (body === undefined) lists += 1;
        else socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
      });
    });
    const connection = connectCluster(signIn(), {}, testParts());
    const watched = connection.live
      .watch([{ group: "", kind: "ConfigMap" }])
      .catch((error: unknown) => error);
    await expect.poll(() => lists).toBe(1);
    await connection.close();
    expect(await watched).toMatchObject({ reason: "ClusterUnreachable" });
  });

  it("ends what waits because the server asked for it", async () => {
    answer = (socket) => socket.write(throttled("100"));
    const connection = connectCluster(signIn(), {}, testParts());
    const asked = connection.reads.identity().catch((error: unknown) => error);
    await expect.poll(() => requests).toBe(1);
    await connection.close();
    expect(await asked).toMatchObject({ retryable: true });
  });
});
