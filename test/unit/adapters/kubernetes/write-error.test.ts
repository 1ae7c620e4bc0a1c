import { expect, it } from "vitest";

import { writeError } from "../../../../src/adapters/kubernetes/write-error.ts";
import type { JsonObject } from "../../../../src/domain/json.ts";
import { manifestOf } from "../../../../src/domain/manifest.ts";

const target = manifestOf({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "c", namespace: "shop" },
});

const rows: readonly { status: number; body: JsonObject; reason: string }[] = [
  { status: 400, body: { message: "strict decoding error" }, reason: "ApplyRejected" },
  { status: 403, body: { message: 'configmaps "c" is forbidden: exceeded quota' }, reason: "ApplyRejected" },
  {
    status: 403,
    body: { message: 'configmaps "c" is forbidden: User "u" cannot patch resource "configmaps"' },
    reason: "ClusterDenied",
  },
  {
    status: 403,
    body: { message: "going", details: { causes: [{ reason: "NamespaceTerminating" }] } },
    reason: "NamespaceTerminating",
  },
  { status: 404, body: { details: { name: "shop", kind: "namespaces" } }, reason: "NamespaceMissing" },
  { status: 404, body: { details: { name: "c", kind: "configmaps" } }, reason: "PreconditionFailed" },
  {
    status: 404,
    body: { message: "the server could not find the requested resource" },
    reason: "KindUnknown",
  },
  { status: 409, body: { reason: "AlreadyExists" }, reason: "ObjectExists" },
  { status: 409, body: { reason: "Conflict" }, reason: "ApplyConflict" },
  { status: 413, body: {}, reason: "ApplyRejected" },
  { status: 422, body: { message: "Invalid" }, reason: "ApplyRejected" },
  { status: 500, body: { message: "failed to create typed patch object (…)" }, reason: "ApplyRejected" },
  { status: 500, body: { message: "etcdserver: request timed out" }, reason: "ApplyFailed" },
  { status: 504, body: { reason: "Timeout" }, reason: "ApplyFailed" },
];

it.for(rows)("$status with $body is $reason", ({ status, body, reason }) => {
  const error = writeError("prod", { status, body, contentType: "" }, target);
  expect(error.reason).toBe(reason);
});

it("shows the server's words, and its status where it has none", () => {
  const shown = (body: JsonObject) =>
    writeError("prod", { status: 422, body, contentType: "" }, target).remedy;
  expect(shown({ message: "spec.size: too big" })).toMatch(/^spec\.size: too big\n/);
  expect(shown({})).toMatch(/^The server answered 422\.\n/);
});
