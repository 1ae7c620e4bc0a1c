import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { type ReconcileRequest, requestKey } from "../../../src/domain/reconcile-request.ts";
import { EVENT_NAMES, requestsFor } from "../../../src/webhooks/requests-for.ts";

const SELF = { appId: 17 };
const SHA = "a".repeat(40);
const SCOPE = { installation: { id: 3 }, repository: { id: 5, full_name: "octo/shop" } };

type Json = Record<string, unknown>;

/** One delivery of each event, with every field that is read. */
const SAMPLES: Readonly<Record<(typeof EVENT_NAMES)[number], Json>> = {
  check_run: { ...SCOPE, action: "rerequested", check_run: { head_sha: SHA, app: { id: 17 } } },
  check_suite: { ...SCOPE, action: "rerequested", check_suite: { head_sha: SHA, app: { id: 17 } } },
  installation: { action: "created", installation: { id: 3 } },
  installation_repositories: { action: "added", installation: { id: 3 } },
  issue_comment: {
    ...SCOPE,
    action: "created",
    issue: { number: 7, pull_request: {} },
    comment: { id: 9, body: "/sync", performed_via_github_app: null },
  },
  merge_group: {
    ...SCOPE,
    action: "checks_requested",
    merge_group: { head_sha: SHA, head_ref: "refs/heads/gh-readonly-queue/main/pr-7" },
  },
  pull_request: {
    ...SCOPE,
    action: "opened",
    number: 7,
    pull_request: { merged: false, base: { ref: "main" } },
  },
  push: { ...SCOPE, ref: "refs/heads/main" },
  repository: { ...SCOPE, action: "renamed" },
};

/** Keys of the requests, or the kind of reading. */
function read(event: string, payload: unknown): readonly string[] | string {
  const reading = requestsFor(event, payload, SELF);
  return reading.kind === "requests" ? reading.requests.map(requestKey) : reading.kind;
}

function sample(event: keyof typeof SAMPLES, changes: Json): Json {
  return { ...SAMPLES[event], ...changes };
}

describe("where a delivery says to look", () => {
  it.for<[keyof typeof SAMPLES, Json, readonly string[]]>([
    ["pull_request", {}, ["pull/5/7"]],
    ["pull_request", { action: "synchronize" }, ["pull/5/7"]],
    ["pull_request", { action: "reopened" }, ["pull/5/7"]],
    ["pull_request", { action: "edited" }, ["pull/5/7"]],
    ["pull_request", { action: "ready_for_review" }, ["pull/5/7"]],
    ["pull_request", { action: "closed" }, ["pull/5/7"]],
    [
      "pull_request",
      { action: "closed", pull_request: { merged: true, base: { ref: "main" } } },
      ["pull/5/7", "ref/5/refs/heads/main"],
    ],
    ["pull_request", { action: "labeled" }, []],
    ["push", {}, ["ref/5/refs/heads/main"]],
    ["push", { ref: "refs/tags/v1" }, ["ref/5/refs/tags/v1"]],
    ["push", { ref: "refs/heads/gh-readonly-queue/main/pr-7" }, []],
    ["push", { ref: "refs/notes/x" }, []],
    ["issue_comment", {}, ["comment/5/9"]],
    ["merge_group", {}, [`check/5/${SHA}`]],
    ["merge_group", { action: "destroyed" }, []],
    ["check_run", {}, [`check/5/${SHA}`]],
    ["check_suite", {}, [`check/5/${SHA}`]],
    ["check_suite", { action: "requested" }, []],
    ["installation", {}, ["installations"]],
    ["installation", { action: "suspend" }, ["installations"]],
    ["installation_repositories", { action: "removed" }, ["installations"]],
    ["repository", {}, ["installations"]],
    ["repository", { action: "transferred" }, ["installations"]],
    ["repository", { action: "created" }, []],
  ])("%s %j", ([event, changes, expected]) => {
    expect(read(event, sample(event, changes))).toEqual(expected);
  });

  it("carries ids and no names", () => {
    const reading = requestsFor("issue_comment", SAMPLES.issue_comment, SELF);
    const expected: ReconcileRequest = {
      kind: "Comment",
      installationId: 3,
      repositoryId: 5,
      number: 7,
      commentId: 9,
    };
    expect(reading).toEqual({ kind: "requests", requests: [expected] });
  });

  it("T021 goes by the repository's id, whatever name stands beside it", () => {
    expect(read("push", sample("push", { repository: { id: 6, full_name: "octo/shop" } }))).toEqual([
      "ref/6/refs/heads/main",
    ]);
  });

  it("names the merge queue's branch", () => {
    expect(requestsFor("merge_group", SAMPLES.merge_group, SELF)).toMatchObject({
      requests: [{ groupRef: "refs/heads/gh-readonly-queue/main/pr-7" }],
    });
  });
});

describe("what is nothing new", () => {
  const comment = { id: 9, body: "/sync", performed_via_github_app: null };

  it.for<[string, Json]>([
    ["T037 an edit", { action: "edited" }],
    ["a deletion", { action: "deleted" }],
    ["T044 a comment on a plain issue", { issue: { number: 7 } }],
    ["T047 our own comment", { comment: { ...comment, performed_via_github_app: { id: 17 } } }],
    ["talk", { comment: { ...comment, body: "Looks good to me" } }],
    ["T040 a quotation", { comment: { ...comment, body: "> /sync" } }],
  ])("%s", ([, changes]) => {
    expect(read("issue_comment", sample("issue_comment", changes))).toEqual([]);
  });

  it.for(["created", "completed", "requested_action"])("T050 our own check comes back as %s", (action) => {
    expect(read("check_run", sample("check_run", { action }))).toEqual([]);
  });

  it("another App's check is run again by that App", () => {
    const others = { check_run: { head_sha: SHA, app: { id: 18 } } };
    expect(read("check_run", sample("check_run", others))).toEqual([]);
  });
});

describe("what GitHub would not send", () => {
  it.for(["__proto__", "constructor", "toString", "error", "*", "hasOwnProperty", "star", ""])(
    "T010 %j is no event",
    (event) => {
      expect(read(event, SAMPLES.push)).toBe("unknown-event");
    },
  );

  it.for([null, [], "x", 0, {}, undefined, true])("T011 %j is no payload", (payload) => {
    for (const event of EVENT_NAMES) expect(read(event, payload)).toBe("malformed");
  });

  it("T012 says which field is missing, null, or of the wrong type", () => {
    for (const event of EVENT_NAMES) {
      for (const path of pathsOf(SAMPLES[event])) {
        for (const wrong of [undefined, null, [], { a: 1 }, "\u0000"]) {
          const reading = requestsFor(event, changed(SAMPLES[event], path, wrong), SELF);
          // Some fields may be absent, and some may hold any text.
          if (reading.kind === "malformed") expect(reading.problem).toMatch(/^[a-z_.]+: [a-z_]+$/);
          else expect(reading.kind).toBe("requests");
        }
      }
    }
  });

  it("T012 refuses what would be used as an id, a commit or a ref", () => {
    const cases: readonly [keyof typeof SAMPLES, readonly string[], unknown][] = [
      ["push", ["repository", "id"], -1],
      ["push", ["repository", "id"], 1.5],
      ["push", ["repository", "id"], "5"],
      ["push", ["installation", "id"], null],
      ["push", ["ref"], "r".repeat(1_000_000)],
      ["check_run", ["check_run", "head_sha"], "--upload-pack=x"],
      ["merge_group", ["merge_group", "head_sha"], `${SHA}\n`],
      ["issue_comment", ["comment", "id"], Number.MAX_SAFE_INTEGER + 1],
    ];
    for (const [event, path, wrong] of cases)
      expect(read(event, changed(SAMPLES[event], path, wrong))).toBe("malformed");
  });

  it("T013 takes __proto__ and constructor as the data they are", () => {
    const hostile = JSON.parse(
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"installation":{"id":3,"__proto__":{"polluted":1}},"repository":{"id":5},"ref":"refs/heads/main"}',
    ) as unknown;
    expect(read("push", hostile)).toEqual(["ref/5/refs/heads/main"]);
    expect(({} as Json)["polluted"]).toBeUndefined();
  });

  it("T320 answers whatever it is given", () => {
    fc.assert(
      fc.property(fc.constantFrom(...EVENT_NAMES), fc.anything(), (event, payload) => {
        expect(["requests", "malformed"]).toContain(requestsFor(event, payload, SELF).kind);
      }),
    );
  });
});

function pathsOf(value: Json, before: readonly string[] = []): readonly (readonly string[])[] {
  return Object.entries(value).flatMap(([key, inner]) => {
    const path = [...before, key];
    return typeof inner === "object" && inner !== null ? [path, ...pathsOf(inner as Json, path)] : [path];
  });
}

function changed(value: Json, [key = "", ...rest]: readonly string[], to: unknown): Json {
  return { ...value, [key]: rest.length === 0 ? to : changed(value[key] as Json, rest, to) };
}
