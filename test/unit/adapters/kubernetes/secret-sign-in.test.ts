import { expect, it } from "vitest";

import { secretSignIn } from "../../../../src/adapters/kubernetes/secret-sign-in.ts";
import type { ClusterCredentials } from "../../../../src/domain/cluster-credentials.ts";
import { OperationError } from "../../../../src/errors/operation-error.ts";

const SERVER = "https://k.example.com";
const base64 = (text: string): string => Buffer.from(text).toString("base64");

it("takes a token before a user name, and certificates out of base64", () => {
  const signIn = secretSignIn("prod", SERVER, {
    bearerToken: "token",
    username: "u",
    password: "p",
    tlsClientConfig: {
      caData: base64("CA"),
      certData: base64("CERT"),
      keyData: base64("KEY"),
      serverName: "api",
    },
  });
  expect(signIn).toEqual({
    server: SERVER,
    tls: { verify: "always", ca: "CA", cert: "CERT", key: "KEY", serverName: "api" },
    headers: { authorization: "Bearer token" },
  });
});

it("signs in with a user name", () => {
  const { headers } = secretSignIn("prod", SERVER, { username: "u", password: "p:w" });
  expect(headers).toEqual({ authorization: `Basic ${base64("u:p:w")}` });
});

it.for<{ what: string; server?: string; credentials: ClusterCredentials; problem: RegExp | undefined }>([
  { what: "nothing", credentials: {}, problem: undefined },
  { what: "insecure", credentials: { tlsClientConfig: { insecure: true } }, problem: undefined },
  {
    what: "insecure with an authority",
    credentials: { tlsClientConfig: { insecure: true, caData: base64("CA") } },
    problem: /exclude each other/,
  },
  {
    what: "a program",
    credentials: { execProviderConfig: { command: "sh" } },
    problem: /would run a program/,
  },
  { what: "an AWS role", credentials: { awsAuthConfig: { clusterName: "c" } }, problem: /awsAuthConfig/ },
  { what: "a proxy", credentials: { proxyUrl: "http://p" }, problem: /proxyUrl/ },
  {
    what: "a token over HTTP",
    server: "http://k.example.com",
    credentials: { bearerToken: "canary" },
    problem: /not encrypted/,
  },
  {
    what: "a token over HTTP to itself",
    server: "http://127.0.0.1:1",
    credentials: { bearerToken: "t" },
    problem: undefined,
  },
  { what: "no token over HTTP", server: "http://k.example.com", credentials: {}, problem: undefined },
  { what: "a user in the URL", server: "https://u:canary@k", credentials: {}, problem: /user name/ },
  { what: "another scheme", server: "file:///etc", credentials: {}, problem: /not an http/ },
  { what: "no URL", server: "k", credentials: {}, problem: /not a URL/ },
])("judges $what", ({ server = SERVER, credentials, problem }) => {
  const read = () => secretSignIn("prod", server, credentials);
  if (problem === undefined) {
    expect(read().server).toBe(server);
    return;
  }
  expect(read).toThrow(OperationError);
  expect(read).toThrow(problem);
  expect(read).not.toThrow(/canary/);
});
