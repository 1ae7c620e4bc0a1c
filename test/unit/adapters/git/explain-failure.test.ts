import { describe, expect, it } from "vitest";

import { explainFailure, isDamage } from "../../../../src/adapters/git/explain-failure.ts";
import { GitFailure } from "../../../../src/adapters/git/git-failure.ts";

function explain(kind: GitFailure["kind"], stderr: string): unknown {
  return explainFailure(new GitFailure(kind, { command: "fetch", exitCode: 128, stderr }), "https://git.a/x");
}

describe("explainFailure", () => {
  it.for([
    ["RepositoryDenied", "fatal: Authentication failed for 'https://git.a/x/'"],
    ["RepositoryDenied", "fatal: could not read Username for 'https://git.a': terminal prompts disabled"],
    ["RepositoryDenied", "git@git.a: Permission denied (publickey)."],
    ["RepositoryDenied", "fatal: unable to access 'https://git.a/x/': The requested URL returned error: 403"],
    ["RepositoryNotFound", "remote: Repository not found.\nfatal: repository 'https://git.a/x/' not found"],
    [
      "RepositoryNotFound",
      "fatal: '/srv/x' does not appear to be a git repository\nfatal: Could not read from remote repository.",
    ],
    [
      "RepositoryRedirected",
      "fatal: unable to access 'https://git.a/x/': The requested URL returned error: 301",
    ],
    ["RepositoryUnreachable", "fatal: unable to access 'https://git.a/x/': Could not resolve host: git.a"],
    [
      "RepositoryUnreachable",
      "fatal: unable to access 'https://git.a/x/': Failed to connect to git.a port 443 after 2 ms: Couldn't connect to server",
    ],
    [
      "RepositoryUnreachable",
      "fatal: unable to access 'https://git.a/x/': The requested URL returned error: 503",
    ],
    [
      "RepositoryUnreachable",
      "error: RPC failed; curl 18 transfer closed with outstanding read data remaining\nfatal: early EOF",
    ],
    ["RepositoryUnreachable", "ssh: connect to host git.a port 22: Connection timed out"],
    [
      "RepositoryHostUntrusted",
      "Host key verification failed.\nfatal: Could not read from remote repository.",
    ],
    [
      "RepositoryHostUntrusted",
      "fatal: unable to access 'https://git.a/': SSL certificate problem: self-signed certificate",
    ],
    [
      "RepositoryDamaged",
      "error: object file objects/ab/cd is empty\nfatal: loose object abcd (stored in objects/ab/cd) is corrupt",
    ],
    ["DiskFull", "fatal: write error: No space left on device\nfatal: index-pack failed"],
    ["RepositoryFailed", "fatal: something that nobody has seen yet"],
  ] as const)("%s: %j", ([reason, stderr]) => {
    expect(explain("exit", stderr)).toMatchObject({ reason });
  });

  it("takes silence for an unreachable server, and too long an answer for too large a repository", () => {
    expect(explain("timeout", "")).toMatchObject({ reason: "RepositoryUnreachable", retryable: true });
    expect(explain("outputTooLarge", "")).toMatchObject({ reason: "RepositoryTooLarge" });
  });

  it("shows users nothing of what Git said", () => {
    const error = explain("exit", "fatal: unable to access 'https://user:hunter2@git.a/x/': error: 403");
    expect(JSON.stringify(error)).not.toContain("hunter2");
    expect(String((error as Error).message)).not.toContain("hunter2");
  });

  it("passes on what is no failure of Git's", () => {
    const bug = new TypeError("a bug");
    expect(explainFailure(bug, "https://git.a/x")).toBe(bug);
    expect(isDamage(bug)).toBe(false);
  });
});
