import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { GitCredential } from "../../src/domain/git-credential.ts";
import { OperationError } from "../../src/errors/operation-error.ts";
import { createCertificate } from "../support/certificates.ts";
import { dieInMidPack, neverAnswer, redirectTo } from "../support/git-http-server.ts";
import { createGitRig, type GitRig } from "../support/git-rig.ts";
import { recordingProgram } from "../support/recording-programs.ts";

const BASIC: GitCredential = {
  login: { kind: "basic", username: "x-access-token", password: "hunter2-canary" },
};
const BASIC_HEADER = `Basic ${Buffer.from("x-access-token:hunter2-canary").toString("base64")}`;

describe("a repository over smart HTTP", () => {
  let rig: GitRig;
  beforeEach(async () => {
    rig = await createGitRig();
  });
  afterEach(async () => {
    await rig.close();
  });

  it("is listed, fetched by SHA and read, without a credential where none is needed", async () => {
    const sha = await rig.origin.commit({ "app/x.yaml": "x: 1\n" });
    const server = await rig.serve();
    const repository = await rig.repositories().open({ url: server.repositoryUrl, project: "default" });
    expect((await repository.listRefs()).refs.get("refs/heads/main")).toBe(sha);
    await repository.fetch({ shas: [sha], refs: ["refs/heads/main"] });
    expect(await repository.changedPaths((await repository.readCommit(sha)).tree, sha)).toEqual([]);
    expect(server.requests.map(({ authorization }) => authorization)).not.toContain(expect.anything());
  });

  it("fetches a pull request's head and a branch that is not the default one", async () => {
    await rig.origin.commit({ a: "1" });
    await rig.origin.git("checkout", "--quiet", "-b", "topic");
    const head = await rig.origin.commit({ a: "2" });
    await rig.origin.git("update-ref", "refs/pull/7/head", head);
    await rig.origin.git("checkout", "--quiet", "main");
    await rig.origin.git("branch", "-D", "topic");
    const server = await rig.serve();
    const repository = await rig.repositories().open({ url: server.repositoryUrl, project: "default" });
    await repository.fetch({ shas: [], refs: ["refs/pull/7/head"] });
    expect((await repository.readCommit(head)).sha).toBe(head);
  });

  it.for([
    { name: "basic", credential: BASIC, header: BASIC_HEADER },
    {
      name: "bearer",
      credential: { login: { kind: "bearer", token: "canary-token" } } as const,
      header: "Bearer canary-token",
    },
  ])("sends a $name credential with every request", async ({ credential, header }) => {
    const sha = await rig.origin.commit({ a: "1" });
    const server = await rig.serve({ authorization: header });
    const repository = await rig
      .repositories({ credential })
      .open({ url: server.repositoryUrl, project: "default" });
    await repository.listRefs();
    await repository.fetch({ shas: [sha], refs: [] });
    expect((await repository.readCommit(sha)).sha).toBe(sha);
    expect(new Set(server.requests.map(({ authorization }) => authorization))).toEqual(new Set([header]));
  });

  it("T175 says RepositoryDenied for a wrong credential, once, without asking anyone", async () => {
    await rig.origin.commit({ a: "1" });
    const server = await rig.serve({ authorization: "Basic other" });
    const repository = await rig
      .repositories({ credential: BASIC })
      .open({ url: server.repositoryUrl, project: "p" });
    await expect(repository.listRefs()).rejects.toMatchObject({
      reason: "RepositoryDenied",
      retryable: false,
    });
    expect(server.requests).toHaveLength(1);
  });

  it("says RepositoryNotFound where there is none", async () => {
    const server = await rig.serve();
    const repository = await rig.repositories().open({ url: `${server.url}/missing`, project: "p" });
    await expect(repository.listRefs()).rejects.toMatchObject({ reason: "RepositoryNotFound" });
  });

  it("sends the credential however the URL is spelled", async () => {
    await rig.origin.commit({ a: "1" });
    const server = await rig.serve({ authorization: BASIC_HEADER });
    const url = `${server.repositoryUrl.replace("http://127.0.0.1", "HTTP://LocalHost")}/.git/`;
    const repository = await rig.repositories({ credential: BASIC }).open({ url, project: "p" });
    expect((await repository.listRefs()).head).toBe("refs/heads/main");
  });

  it("T091 takes a server's certificate only where its authority is known, or where the operator said so", async () => {
    await rig.origin.commit({ a: "1" });
    const authority = createCertificate("authority", { isAuthority: true });
    const certificate = createCertificate("server", { issuer: authority, addresses: ["127.0.0.1"] });
    const server = await rig.serve({ tls: { cert: certificate.cert, key: certificate.key } });
    const head = async (credential: GitCredential) => {
      const repositories = rig.repositories({ credential });
      const repository = await repositories.open({ url: server.repositoryUrl, project: "p" });
      return (await repository.listRefs()).head;
    };
    await expect(head({})).rejects.toMatchObject({ reason: "RepositoryHostUntrusted" });
    expect(await head({ certificateAuthorities: authority.cert })).toBe("refs/heads/main");
    expect(await head({ isInsecure: true })).toBe("refs/heads/main");
  });

  it("shows its client certificate, and leaves no file of it", async () => {
    await rig.origin.commit({ a: "1" });
    const authority = createCertificate("authority", { isAuthority: true });
    const certificate = createCertificate("server", { issuer: authority, addresses: ["127.0.0.1"] });
    const client = createCertificate("client", { issuer: authority });
    const tls = { cert: certificate.cert, key: certificate.key, ca: authority.cert, requestCert: true };
    const server = await rig.serve({ tls });
    const credential = {
      certificateAuthorities: authority.cert,
      clientCertificate: { certificate: client.cert, key: client.key },
    };
    const repository = await rig
      .repositories({ credential })
      .open({ url: server.repositoryUrl, project: "p" });
    expect((await repository.listRefs()).head).toBe("refs/heads/main");
    expect(await readdir(join(rig.stateDir, "git", "private"))).toEqual([]);
    const anonymous = rig.repositories({ credential: { certificateAuthorities: authority.cert } });
    const refused = await anonymous.open({ url: server.repositoryUrl, project: "p" });
    await expect(refused.listRefs()).rejects.toBeInstanceOf(OperationError);
  });

  it("takes no answer that is longer than any list of refs", async () => {
    await rig.origin.commit({ a: "1" });
    const server = await rig.serve();
    const repositories = rig.repositories({ limits: { outputBytesMax: 40 } });
    const repository = await repositories.open({ url: server.repositoryUrl, project: "p" });
    await expect(repository.listRefs()).rejects.toMatchObject({ reason: "RepositoryTooLarge" });
  });

  it("T176 follows no redirect, so that no credential reaches the second host", async () => {
    const sha = await rig.origin.commit({ a: "1" });
    const evil = await rig.serve();
    const server = await rig.serve();
    server.behave(redirectTo(evil.url.replace("127.0.0.1", "localhost")));
    const repository = await rig
      .repositories({ credential: BASIC })
      .open({ url: server.repositoryUrl, project: "p" });
    await expect(repository.listRefs()).rejects.toMatchObject({ reason: "RepositoryRedirected" });
    await expect(repository.fetch({ shas: [sha], refs: [] })).rejects.toMatchObject({
      reason: "RepositoryRedirected",
    });
    expect(server.requests[0]?.authorization).toBe(BASIC_HEADER);
    expect(evil.requests).toEqual([]);
  });

  it("T176 follows no redirect on the second request of a conversation either", async () => {
    const sha = await rig.origin.commit({ a: "1" });
    const evil = await rig.serve();
    const server = await rig.serve();
    const toEvil = redirectTo(evil.url);
    server.behave((request, response) => request.method === "POST" && toEvil(request, response));
    const repository = await rig
      .repositories({ credential: BASIC })
      .open({ url: server.repositoryUrl, project: "p" });
    await expect(repository.fetch({ shas: [sha], refs: [] })).rejects.toBeInstanceOf(OperationError);
    expect(evil.requests).toEqual([]);
  });

  it("T119 T177 leaves no trace of a credential: not in arguments, URLs, files, log or errors", async () => {
    const sha = await rig.origin.commit({ a: "1" });
    const server = await rig.serve({ authorization: BASIC_HEADER });
    const { stdout: realGit } = await promisify(execFile)("sh", ["-c", "command -v git"]);
    const git = await recordingProgram(rig.folder, "git", `exec ${realGit.trim()} "$@"`);
    const environment = { PATH: `${git.folder}:${process.env["PATH"]}` };
    const repositories = rig.repositories({ credential: BASIC, environment });
    const repository = await repositories.open({ url: server.repositoryUrl, project: "p" });
    await repository.listRefs();
    await repository.fetch({ shas: [sha], refs: [] });
    const failure: unknown = await repository
      .fetch({ shas: ["1".repeat(40)], refs: [] })
      .catch((error: unknown) => error);

    const encoded = BASIC_HEADER.slice("Basic ".length);
    const calls = await git.calls();
    expect(calls.map(({ line }) => line).join("\n")).toContain(`--end-of-options ${server.repositoryUrl}`);
    const seen = [
      JSON.stringify(calls),
      JSON.stringify(rig.log.lines),
      JSON.stringify(failure),
      String(failure),
    ];
    for (const text of seen) {
      expect(text).not.toContain("canary");
      expect(text).not.toContain(encoded);
    }
    const found = await promisify(execFile)("grep", [
      "-r",
      "-l",
      "-e",
      "canary",
      "-e",
      encoded,
      rig.stateDir,
    ]).catch(() => undefined);
    expect(found).toBeUndefined();
  });

  it("T274 tries again after a clone that was cut in mid-pack, and reads no part of it", async () => {
    const sha = await rig.origin.commit({ a: "1" });
    const server = await rig.serve();
    const repository = await rig.repositories().open({ url: server.repositoryUrl, project: "p" });
    server.behave(dieInMidPack(4));
    await expect(repository.fetch({ shas: [sha], refs: [] })).rejects.toMatchObject({
      reason: "RepositoryUnreachable",
      retryable: true,
    });
    await expect(repository.readCommit(sha)).rejects.toMatchObject({ reason: "RevisionNotFetched" });
    await repository.fetch({ shas: [sha], refs: [] });
    expect((await repository.readCommit(sha)).sha).toBe(sha);
  });

  it("says RepositoryUnreachable for a server that is not there, and for 503", async () => {
    await rig.origin.commit({ a: "1" });
    const server = await rig.serve();
    const repository = await rig.repositories().open({ url: server.repositoryUrl, project: "p" });
    server.behave((_, response) => {
      response.writeHead(503).end();
      return true;
    });
    await expect(repository.listRefs()).rejects.toMatchObject({ reason: "RepositoryUnreachable" });
    expect(server.requests).toHaveLength(3);
    await server.close();
    await expect(repository.listRefs()).rejects.toMatchObject({ reason: "RepositoryUnreachable" });
  });

  it("gives up on a server that never answers, and leaves no process behind", async () => {
    const server = await rig.serve();
    server.behave(neverAnswer);
    const { stdout: realGit } = await promisify(execFile)("sh", ["-c", "command -v git"]);
    const git = await recordingProgram(rig.folder, "git", `exec ${realGit.trim()} "$@"`);
    const repositories = rig.repositories({
      environment: { PATH: `${git.folder}:${process.env["PATH"]}` },
      limits: { listTimeoutMs: 300 },
    });
    const repository = await repositories.open({ url: server.repositoryUrl, project: "p" });
    await expect(repository.listRefs()).rejects.toMatchObject({ reason: "RepositoryUnreachable" });
    expect(server.requests).toHaveLength(1);
    const asking = (await git.calls()).find(({ line }) => line.startsWith("ls-remote"));
    if (asking === undefined) throw new Error("ls-remote was never called");
    // The system takes a moment to bury who was killed.
    await vi.waitFor(() => expect(() => process.kill(-asking.pid, 0)).toThrow(), { timeout: 10_000 });
  });

  it("asks a server once for what many want at once", async () => {
    const shas = [await rig.origin.commit({ a: "1" }), await rig.origin.commit({ a: "2" })];
    const server = await rig.serve();
    const repository = await rig.repositories().open({ url: server.repositoryUrl, project: "p" });
    await Promise.all(
      Array.from({ length: 30 }, (_, index) => repository.fetch({ shas: [shas[index % 2] ?? ""], refs: [] })),
    );
    const conversations = server.requests.filter(({ path }) => path.includes("info/refs")).length;
    expect(conversations).toBeLessThanOrEqual(2);
    await repository.fetch({ shas, refs: [] });
    expect(server.requests.filter(({ path }) => path.includes("info/refs"))).toHaveLength(conversations);
  });

  it("gets commits by way of their refs from a server that gives none by id", async () => {
    const first = await rig.origin.commit({ a: "1" });
    await rig.origin.git("branch", "a");
    const second = await rig.origin.commit({ a: "2" });
    const server = await rig.serve();
    // Without the header the server speaks the first protocol, where only what refs point at may be wanted.
    server.behave((request) => {
      delete request.headers["git-protocol"];
      return false;
    });
    const repository = await rig.repositories().open({ url: server.repositoryUrl, project: "p" });
    await repository.fetch({ shas: [first, second], refs: ["refs/heads/gone", "refs/heads/main"] });
    expect((await repository.readCommit(first)).sha).toBe(first);
    await rig.origin.git("branch", "-D", "a");
    const third = await rig.origin.commit({ a: "3" });
    await rig.origin.git("checkout", "--quiet", "-b", "a/b");
    const fourth = await rig.origin.commit({ a: "4" });
    await repository.fetch({ shas: [third], refs: [] });
    await repository.fetch({ shas: [fourth], refs: ["refs/heads/a/b"] });
    expect(await repository.isAncestor(third, fourth)).toBe(true);
  });
});
