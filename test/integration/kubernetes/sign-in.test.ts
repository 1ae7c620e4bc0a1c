import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import {
  type ClusterConnection,
  connectCluster,
  createClusterConnections,
} from "../../../src/adapters/kubernetes/cluster-connections.ts";
import { findOwnCluster } from "../../../src/adapters/kubernetes/own-cluster.ts";
import { createPodSignIn } from "../../../src/adapters/kubernetes/pod-sign-in.ts";
import { createSystemClock } from "../../../src/adapters/system/clock.ts";
import type { ClusterCredentials } from "../../../src/domain/cluster-credentials.ts";
import type { ClusterDefinition } from "../../../src/domain/control-plane.ts";
import { reasonOf } from "../../contract/cluster-harness.ts";
import { createCertificate, type TestCertificate } from "../../support/certificates.ts";
import { testParts } from "../../support/cluster/connection.ts";

const TOKEN = "canary-token-77ab";
const clock = createSystemClock();

/** Answers every request with kube-system, if the token is one it takes; no cluster is needed to refuse one. */
interface TinyServer {
  readonly url: string;
  /** Authorization headers seen. */
  readonly seen: string[];
  accept(token: string): void;
  close(): Promise<void>;
}

async function startTinyServer(options: {
  readonly certificate: TestCertificate;
  readonly clientAuthority?: TestCertificate;
  readonly maxVersion?: "TLSv1.1";
}): Promise<TinyServer> {
  const { certificate, clientAuthority, maxVersion } = options;
  const seen: string[] = [];
  let accepted = TOKEN;
  const server: Server = createServer(
    {
      cert: certificate.cert,
      key: certificate.key,
      ...(clientAuthority === undefined
        ? {}
        : { ca: clientAuthority.cert, requestCert: true, rejectUnauthorized: true }),
      ...(maxVersion === undefined ? {} : { minVersion: "TLSv1", maxVersion, ciphers: "ALL@SECLEVEL=0" }),
    },
    (request, response) => {
      const authorization = request.headers.authorization ?? "";
      seen.push(authorization);
      const isKnown = clientAuthority !== undefined || authorization === `Bearer ${accepted}`;
      response.writeHead(isKnown ? 200 : 401, { "content-type": "application/json" });
      response.end('{"kind":"Namespace","metadata":{"uid":"the-cluster"}}');
    },
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    accept: (token) => {
      accepted = token;
    },
    close: () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
}

const base64 = (text: string): string => Buffer.from(text).toString("base64");

function definition(server: string, credentials: ClusterCredentials, name = "remote"): ClusterDefinition {
  return { cluster: { name, server, namespaces: [], clusterResources: false, project: "" }, credentials };
}

describe("a cluster Secret", () => {
  const authority = createCertificate("test authority", { isAuthority: true });
  const good = createCertificate("server", { issuer: authority, addresses: ["127.0.0.1"] });
  const trusting = { bearerToken: TOKEN, tlsClientConfig: { caData: base64(authority.cert) } };
  const stops: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });
  const serve = async (options: Parameters<typeof startTinyServer>[0]): Promise<TinyServer> => {
    const server = await startTinyServer(options);
    stops.push(() => server.close());
    return server;
  };
  const connect = (definitions: readonly ClusterDefinition[]) => {
    const connections = createClusterConnections(undefined, testParts());
    connections.define(definitions);
    stops.push(() => connections.close());
    return connections;
  };

  it("reaches a cluster by its token and authority", async () => {
    const server = await serve({ certificate: good });
    const { reads } = connect([definition(server.url, trusting)]).open(server.url);
    expect(await reads.identity()).toBe("the-cluster");
    expect(server.seen).toEqual([`Bearer ${TOKEN}`]);
  });

  it("reaches a cluster by a client certificate", async () => {
    const server = await serve({ certificate: good, clientAuthority: authority });
    const { cert, key } = createCertificate("us", { issuer: authority });
    const tls = { ...trusting.tlsClientConfig, certData: base64(cert), keyData: base64(key) };
    const { reads } = connect([definition(server.url, { tlsClientConfig: tls })]).open(server.url);
    expect(await reads.identity()).toBe("the-cluster");
  });

  const other = createCertificate("another authority", { isAuthority: true });
  it.for([
    {
      what: "signed by itself",
      certificate: createCertificate("alone", { addresses: ["127.0.0.1"] }),
      problem: /signed by itself/,
    },
    {
      what: "expired",
      certificate: createCertificate("old", {
        issuer: authority,
        addresses: ["127.0.0.1"],
        validFromDays: -9,
        validToDays: -1,
      }),
      problem: /has expired/,
    },
    {
      what: "for another host",
      certificate: createCertificate("elsewhere", { issuer: authority, addresses: ["127.0.0.2"] }),
      problem: /for another name/,
    },
    {
      what: "of another authority",
      certificate: createCertificate("server", { issuer: other, addresses: ["127.0.0.1"] }),
      problem: /authority that is not trusted/,
    },
  ])(
    "T188 refuses a server whose certificate is $what, and sends it nothing",
    async ({ certificate, problem }) => {
      const server = await serve({ certificate });
      const { reads } = connect([definition(server.url, trusting)]).open(server.url);
      const failure = await reads.identity().catch((error: unknown) => error);
      expect(failure).toMatchObject({
        reason: "ClusterCertificate",
        title: expect.stringMatching(problem) as string,
      });
      expect(inspect(failure, { depth: 9 })).not.toContain(TOKEN);
      expect(server.seen).toEqual([]);
    },
  );

  it("T189 refuses a server that has only TLS 1.1", async () => {
    const server = await serve({ certificate: good, maxVersion: "TLSv1.1" });
    const { reads } = connect([definition(server.url, trusting)]).open(server.url);
    expect(await reasonOf(reads.identity())).toBe("ClusterCertificate");
    expect(server.seen).toEqual([]);
  });

  it("T190 takes a new authority from the Secret without a restart", async () => {
    const server = await serve({ certificate: good });
    const wrong = { bearerToken: TOKEN, tlsClientConfig: { caData: base64(other.cert) } };
    const connections = connect([definition(server.url, wrong)]);
    const { reads } = connections.open(server.url);
    expect(await reasonOf(reads.identity())).toBe("ClusterCertificate");
    connections.define([definition(server.url, trusting)]);
    expect(await reads.identity()).toBe("the-cluster");
  });

  it("T186 counts as the one whose name comes first, where two are for one server", async () => {
    const server = await serve({ certificate: good });
    const second = definition(server.url, { ...trusting, bearerToken: "second" }, "b");
    for (const definitions of [
      [definition(server.url, trusting, "a"), second],
      [second, definition(server.url, trusting, "a")],
    ]) {
      expect(await connect(definitions).open(server.url).reads.identity()).toBe("the-cluster");
    }
  });

  it("T187 that is removed leaves its cluster unknown, also to who holds a connection", async () => {
    const server = await serve({ certificate: good });
    const connections = connect([definition(server.url, trusting)]);
    const { reads } = connections.open(server.url);
    await reads.identity();
    connections.define([]);
    expect(() => connections.open(server.url)).toThrow("ClusterUnknown");
    expect(await reasonOf(reads.identity())).toBe("ClusterUnknown");
  });

  it("T185 that names another server meanwhile fails what was under way, and sends nothing there", async () => {
    const [server, elsewhere] = [await serve({ certificate: good }), await serve({ certificate: good })];
    const connections = connect([definition(server.url, trusting)]);
    const { reads } = connections.open(server.url);
    await reads.identity();
    connections.define([definition(elsewhere.url, trusting)]);
    expect(await reasonOf(reads.identity())).toBe("ClusterUnknown");
    expect(elsewhere.seen).toEqual([]);
  });

  it("says that credentials are not accepted, having read them again", async () => {
    const server = await serve({ certificate: good });
    server.accept("another");
    const failure = await connect([definition(server.url, trusting)])
      .open(server.url)
      .reads.identity()
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ reason: "ClusterSignInFailed" });
    expect(inspect(failure, { depth: 9 })).not.toContain(TOKEN);
    expect(server.seen).toHaveLength(2);
  });
});

describe("the cluster of our own", () => {
  const authority = createCertificate("test authority", { isAuthority: true });
  const certificate = createCertificate("server", { issuer: authority, addresses: ["127.0.0.1"] });
  let folder: string;
  let server: TinyServer;
  const open: ClusterConnection[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "plumbline-sign-in-"));
    server = await startTinyServer({ certificate });
  });
  afterEach(async () => {
    for (const connection of open.splice(0)) await connection.close();
    await server.close();
    await rm(folder, { recursive: true });
  });
  const identity = async (own: Awaited<ReturnType<typeof findOwnCluster>>) => {
    if (own === undefined) throw new Error("No cluster found");
    const connection = connectCluster(own.signIn, {}, testParts());
    open.push(connection);
    return connection.reads.identity();
  };
  const kubeconfig = async (user: string, cluster = ""): Promise<string> => {
    const file = join(folder, "config");
    await writeFile(join(folder, "ca.crt"), authority.cert);
    await writeFile(
      file,
      `current-context: dev
contexts: [{name: dev, context: {cluster: c, user: u, namespace: shop}}, {name: other, context: {cluster: none, user: u}}]
clusters: [{name: c, cluster: {server: "${server.url}/", certificate-authority: ca.crt${cluster}}}]
users: [{name: u, user: ${user}}]
`,
    );
    return file;
  };

  it("is the kubeconfig's current context, its files beside it", async () => {
    const file = await kubeconfig(`{token: ${TOKEN}}`);
    const own = await findOwnCluster({ env: { KUBECONFIG: file }, homeFolder: "/nowhere" }, clock);
    expect(own).toMatchObject({
      server: server.url,
      servers: ["https://kubernetes.default.svc", server.url],
      namespace: "shop",
      from: { kind: "kubeconfig", context: "dev" },
    });
    expect(await identity(own)).toBe("the-cluster");
  });

  it("may be signed in to by a plugin of the user's own kubeconfig, which runs again when it is refused", async () => {
    const plugin = join(folder, "plugin.sh");
    await writeFile(
      plugin,
      `#!/bin/sh
token=first
test -e "${folder}/ran" && token=${TOKEN}
touch "${folder}/ran"
echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"'$token'"}}'
`,
    );
    await chmod(plugin, 0o755);
    const exec = `{apiVersion: client.authentication.k8s.io/v1, command: ${plugin}, interactiveMode: Never}`;
    const file = await kubeconfig(`{exec: ${exec}}`);
    expect(await identity(await findOwnCluster({ env: {}, homeFolder: "/", kubeconfig: file }, clock))).toBe(
      "the-cluster",
    );
    expect(server.seen).toEqual(["Bearer first", `Bearer ${TOKEN}`]);
  });

  it("finds a plugin beside the kubeconfig, and names the one that it cannot run", async () => {
    const credential = `{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"${TOKEN}"}}`;
    await writeFile(join(folder, "beside.sh"), `#!/bin/sh\necho '${credential}'\n`);
    await writeFile(join(folder, "failing.sh"), `#!/bin/sh\necho ${TOKEN} >&2; exit 1\n`);
    for (const name of ["beside.sh", "failing.sh"]) await chmod(join(folder, name), 0o755);
    const signIn = async (command: string) => {
      const exec = `{apiVersion: client.authentication.k8s.io/v1, command: ${command}, interactiveMode: Never}`;
      const kubeconfigFile = await kubeconfig(`{exec: ${exec}}`);
      const own = await findOwnCluster({ env: {}, homeFolder: "/", kubeconfig: kubeconfigFile }, clock);
      return own?.signIn.read().catch((error: unknown) => error);
    };
    expect(await signIn("./beside.sh")).toMatchObject({ headers: { authorization: `Bearer ${TOKEN}` } });
    const failed = await signIn("./failing.sh");
    expect(failed).toMatchObject({ title: expect.stringContaining("`./failing.sh`, failed") as string });
    expect(String(failed)).not.toContain(TOKEN);
    const missing = await signIn("nobody-has-this");
    expect(missing).toMatchObject({
      title: expect.stringContaining("`nobody-has-this`, is not installed") as string,
    });
  });

  it("is none where there is no kubeconfig", async () => {
    expect(await findOwnCluster({ env: {}, homeFolder: folder }, clock)).toBeUndefined();
  });

  it.for([
    { what: "a proxy", user: "{}", cluster: ", proxy-url: http://127.0.0.1:1" },
    { what: "impersonation", user: "{as: admin}", cluster: "" },
    { what: "a token file that is missing", user: "{tokenFile: /nowhere/token}", cluster: "" },
  ])("T184 is refused with $what in the kubeconfig", async ({ user, cluster }) => {
    const file = await kubeconfig(user, cluster);
    const own = await findOwnCluster({ env: {}, homeFolder: "/", kubeconfig: file }, clock);
    expect(await reasonOf(identity(own))).toBe("KubeconfigInvalid");
    expect(server.seen).toEqual([]);
  });

  it.for([
    { what: "names no context", text: "{}" },
    { what: "names a context that it lacks", text: "current-context: gone" },
    { what: "is no YAML", text: `{"token: ${TOKEN}` },
    { what: "is larger than any", text: "#".repeat(2 * 1024 * 1024) },
  ])("T184 is refused when the kubeconfig $what", async ({ text }) => {
    const file = join(folder, "config");
    await writeFile(file, text);
    const failure = await findOwnCluster({ env: {}, homeFolder: "/", kubeconfig: file }, clock).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ reason: "KubeconfigInvalid" });
    expect(inspect(failure, { depth: 9 })).not.toContain(TOKEN);
  });

  it("is the pod's own where we run in one; a token that was renewed is read again", async () => {
    await writeFile(join(folder, "ca.crt"), authority.cert);
    await writeFile(join(folder, "token"), "first\n");
    const { port } = new URL(server.url);
    const signIn = createPodSignIn("in-cluster", { host: "127.0.0.1", port, folder }, clock);
    const connection = connectCluster(signIn, {}, testParts());
    open.push(connection);
    expect(await reasonOf(connection.reads.identity())).toBe("ClusterSignInFailed");
    await writeFile(join(folder, "token"), TOKEN);
    expect(await connection.reads.identity()).toBe("the-cluster");
  });
});
