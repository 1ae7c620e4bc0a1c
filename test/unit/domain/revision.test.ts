import { describe, expect, it } from "vitest";

import { isRevisionWanted, type RefTable, resolveRevision } from "../../../src/domain/revision.ts";

/** `main=a` is branch main at aaaa…; `v1.0.0!b` is a tag; `refs/…=c` is itself; the first branch is HEAD. */
function refs(text: string): RefTable {
  const entries = text.split(" ").filter((part) => part !== "");
  const named = entries.map((entry): readonly [string, string] => {
    const [name = "", sha = ""] = entry.split(/[=!]/);
    const folder = name.startsWith("refs/") ? "" : entry.includes("!") ? "refs/tags/" : "refs/heads/";
    return [`${folder}${name}`, idOf(sha)];
  });
  const head = named.find(([name]) => name.startsWith("refs/heads/"));
  return { refs: new Map(head === undefined ? named : [["HEAD", head[1]], ...named]), head: head?.[0] ?? "" };
}

function idOf(letters: string): string {
  return letters.padEnd(40, letters.at(-1));
}

function show(revision: string, table: string): string {
  const result = resolveRevision(revision, refs(table));
  if (result.kind === "problem") return result.reason;
  return `${result.sha.replace(/(.)\1*$/, "$1")} ${result.ref?.replace(/^refs\//, "") ?? "-"}`;
}

describe("resolveRevision", () => {
  it.for([
    [">=2", /^No tag of the repository is a version within that range, and no branch or tag is named so/],
    ["2.x", /^No tag of the repository is a version within that range, and no branch or tag is named so/],
    ["^2", /^No tag of the repository is a version within that range\.$/],
    ["prod", /^The repository has no branch or tag of that name/],
  ] as const)("says of %s what was looked for", ([revision, detail]) => {
    expect(resolveRevision(revision, refs("main=a 1.0.0!b"))).toMatchObject({
      detail: expect.stringMatching(detail) as string,
    });
  });

  it.for([
    { name: "HEAD for nothing", revision: "", table: "main=a", shows: "a heads/main" },
    { name: "HEAD by name", revision: "HEAD", table: "trunk=a", shows: "a heads/trunk" },
    { name: "a branch", revision: "prod", table: "main=a prod=b", shows: "b heads/prod" },
    { name: "a branch with slashes", revision: "env/prod", table: "env/prod=b", shows: "b heads/env/prod" },
    { name: "a tag", revision: "release", table: "main=a release!b", shows: "b tags/release" },
    {
      name: "T273 a branch before a tag of its name",
      revision: "x1",
      table: "x1!a x1=b",
      shows: "b heads/x1",
    },
    { name: "a full name", revision: "refs/tags/x1", table: "x1!a x1=b", shows: "a tags/x1" },
    {
      name: "any full name",
      revision: "refs/pull/7/head",
      table: "refs/pull/7/head=c",
      shows: "c pull/7/head",
    },
    {
      name: "short names only as branch or tag",
      revision: "pull/7/head",
      table: "refs/pull/7/head=c",
      shows: "RevisionNotFound",
    },
    {
      name: "a version as the tag of that name",
      revision: "v1.2.3",
      table: "v1.2.3!a v1.2.4!b",
      shows: "a tags/v1.2.3",
    },
    {
      name: "a short version as a name, not a range",
      revision: "1.2",
      table: "1.2.5!a 1.2!b",
      shows: "b tags/1.2",
    },
    {
      name: "no tag for a missing version",
      revision: "1.2.9",
      table: "1.2.8!a v1.2.9!b",
      shows: "RevisionNotFound",
    },
    {
      name: "the highest tag of a range",
      revision: "1.2.*",
      table: "v1.2.9!a v1.2.10!b 1.3.0!c junk!d",
      shows: "b tags/v1.2.10",
    },
    {
      name: "no pre-release for a plain range",
      revision: "^1.0",
      table: "1.0.0!a 1.1.0-rc.1!b",
      shows: "a tags/1.0.0",
    },
    {
      name: "a pre-release where asked for",
      revision: "^1.0.0-0",
      table: "1.0.0!a 1.1.0-rc.1!b",
      shows: "b tags/1.1.0-rc.1",
    },
    {
      name: "a range before a branch of its name",
      revision: "1.x",
      table: "1.x=a 1.4.0!b",
      shows: "b tags/1.4.0",
    },
    {
      name: "a branch named like a range no tag is in",
      revision: "1.x",
      table: "1.x=a 2.0.0!b",
      shows: "a heads/1.x",
    },
    {
      name: "nothing for a range no tag is in",
      revision: "^3",
      table: "main=a 2.0.0!b",
      shows: "RevisionNotFound",
    },
    { name: "no branch for a range", revision: "^1", table: "1.0.0=a", shows: "RevisionNotFound" },
    { name: "a full SHA as itself", revision: idOf("abc"), table: "main=a", shows: "abc -" },
    { name: "a full SHA in capitals", revision: idOf("abc").toUpperCase(), table: "main=a", shows: "abc -" },
    { name: "a short SHA by a tip", revision: "abccccc", table: "main=a x=abc", shows: "abc -" },
    {
      name: "a short SHA as unknown so far",
      revision: "abccccc",
      table: "main=a",
      shows: "RevisionAbbreviated",
    },
    {
      name: "a branch before a short SHA",
      revision: "deadbee",
      table: "deadbee=a x=deadbee",
      shows: "a heads/deadbee",
    },
    { name: "six digits as a name only", revision: "abcccc", table: "x=abc", shows: "RevisionNotFound" },
    { name: "nothing for what is not there", revision: "prod", table: "main=a", shows: "RevisionNotFound" },
    { name: "T276 nothing in an empty repository", revision: "HEAD", table: "", shows: "RevisionNotFound" },
    {
      name: "what only a checkout has",
      revision: "prod",
      table: "refs/remotes/origin/prod=a",
      shows: "a remotes/origin/prod",
    },
    {
      name: "what a checkout calls it",
      revision: "origin/prod",
      table: "refs/remotes/origin/prod=a",
      shows: "a remotes/origin/prod",
    },
  ])("finds $name", ({ revision, table, shows }) => {
    expect(show(revision, table)).toBe(shows);
  });

  it.for([
    "-x",
    "--upload-pack=x",
    "HEAD~1",
    "main:path",
    "@{u}",
    "main@{1}",
    "@",
    "main^",
    ":/text",
    "a..b",
    "a b",
    "ma\nin",
    "a\u0000b",
    "x.lock",
    "/main",
    "main/",
    "a//b",
    "a/.b",
    "a\\b",
    "a[b",
    "a?b",
    "a".repeat(39),
    "x".repeat(300),
  ])("T054 refuses %j before Git is called", (revision) => {
    const table = refs("main=a");
    expect(resolveRevision(revision, table)).toMatchObject({ kind: "problem", reason: "RevisionMalformed" });
  });
});

describe("isRevisionWanted", () => {
  it.for([
    { revision: "", ref: "refs/heads/main", wanted: true },
    { revision: "HEAD", ref: "refs/heads/main", wanted: true },
    { revision: "HEAD", ref: "refs/heads/prod", wanted: false },
    { revision: "", ref: "refs/tags/main", wanted: false },
    { revision: "prod", ref: "refs/heads/prod", wanted: true },
    { revision: "prod", ref: "refs/tags/prod", wanted: true },
    { revision: "refs/heads/prod", ref: "refs/heads/prod", wanted: true },
    { revision: "prod", ref: "refs/heads/prod2", wanted: false },
    { revision: "1.2.*", ref: "refs/tags/v1.2.9", wanted: true },
    { revision: "1.2.*", ref: "refs/tags/v1.3.0", wanted: false },
    { revision: "1.2.*", ref: "refs/heads/1.2.9", wanted: false },
    { revision: "v1.2.3", ref: "refs/tags/v1.2.3", wanted: true },
    { revision: "v1.2.3", ref: "refs/tags/v1.2.4", wanted: false },
    { revision: "refs/pull/7/head", ref: "refs/pull/7/head", wanted: true },
    { revision: "a".repeat(40), ref: "refs/heads/main", wanted: false },
  ])("$revision and $ref: $wanted", ({ revision, ref, wanted }) => {
    expect(isRevisionWanted(revision, { ref, defaultBranch: "main" })).toBe(wanted);
  });
});
