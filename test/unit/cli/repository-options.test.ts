import { describe, expect, it } from "vitest";
import { type RepositoryOptions, repositoryOptions } from "../../../src/cli/repository-options.ts";

function options(...repo: readonly string[]): RepositoryOptions {
  return repositoryOptions({
    args: { positionals: [], values: { repo } },
    print: () => undefined,
    warn: () => undefined,
  });
}

describe("--repo", () => {
  it.for<[string, RepositoryOptions]>([
    [".", { directory: ".", byUrl: [] }],
    ["/srv/a=b", { directory: "/srv/a=b", byUrl: [] }],
    [
      "https://x.test/a.git=../a",
      { directory: "", byUrl: [{ url: "https://x.test/a.git", directory: "../a" }] },
    ],
    ["git@x.test:a/b.git=b", { directory: "", byUrl: [{ url: "git@x.test:a/b.git", directory: "b" }] }],
    ["https://x.test/a?b=c=d", { directory: "", byUrl: [{ url: "https://x.test/a?b=c", directory: "d" }] }],
  ])("reads %s", ([text, expected]) => {
    expect(options(text)).toEqual(expected);
  });

  it("may name one folder for all beside those of URLs, and each URL once", () => {
    expect(options("a", "https://x.test/r=b")).toEqual({
      directory: "a",
      byUrl: [{ url: "https://x.test/r", directory: "b" }],
    });
    expect(() => options("a", "b")).toThrow("may be given once");
    expect(() => options("https://x.test/r=a", "https://x.test/r=b")).toThrow("the same URL twice");
  });
});
