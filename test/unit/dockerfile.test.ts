import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "..", "..");
const read = (name: string) => readFileSync(join(ROOT, name), "utf8");

describe("the image", () => {
  const { optionalDependencies, files } = JSON.parse(read("package.json")) as {
    readonly optionalDependencies: Readonly<Record<string, string>>;
    readonly files: readonly string[];
  };

  it("runs on the Node that the package brings along", () => {
    const version = /^ARG NODE=node:(?<version>[0-9.]+)-/m.exec(read("Dockerfile"))?.groups?.["version"];
    expect(Object.values(optionalDependencies)).toEqual([version, version]);
  });

  it("is built from everything that it copies, and from nothing that is not there", () => {
    const allowed = read(".dockerignore")
      .split("\n")
      .flatMap((line) => (line.startsWith("!") ? [line.slice(1)] : []));
    expect(allowed.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    const made = ["dist"];
    const words = ["README.md", "CHANGELOG.md"];
    const needed = files.filter((path) => !made.includes(path) && !words.includes(path));
    expect(needed.filter((path) => !allowed.includes(path))).toEqual([]);
  });
});
