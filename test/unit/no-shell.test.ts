import { Linter } from "eslint";
import { describe, expect, test } from "vitest";

const CONFIG = new URL("../../eslint.config.mjs", import.meta.url).href;
const { default: config } = (await import(CONFIG)) as { default: readonly Linter.Config[] };
const RULES = new Set(["no-restricted-imports", "no-restricted-syntax"]);

/** What our own lint configuration says of a source file, of the rules that need no types. */
function complaints(path: string, code: string): readonly string[] {
  const untyped = config.map(({ rules = {}, languageOptions: _, plugins: __, ...block }) => ({
    ...block,
    rules: Object.fromEntries(Object.entries(rules).filter(([name]) => RULES.has(name))),
  }));
  const found = new Linter({ configType: "flat" }).verify(code, untyped, path);
  return found.map(({ ruleId, message }) => ruleId ?? message);
}

describe("T084 a shell has no way into the source", () => {
  test.each([
    ['import { spawn } from "node:child_process";', "src/reconciler/any.ts"],
    ['import { execFile } from "child_process";', "src/cli/any.ts"],
    ['import { spawn } from "node:child_process";', "src/adapters/github/any.ts"],
  ])("%s in %s fails the lint", (code, path) => {
    expect(complaints(path, code)).toEqual(["no-restricted-imports"]);
  });

  test.each([
    ["spawn('git', [url], { shell: true });", "src/adapters/git/git-process.ts"],
    ["exec(`git clone ${url}`);", "src/adapters/git/git-process.ts"],
  ])("%s fails it even where processes are started", (code, path) => {
    expect(complaints(path, code)).toEqual(["no-restricted-syntax"]);
  });

  test("an argument array where processes are started does not", () => {
    const code = 'import { spawn } from "node:child_process"; spawn("git", ["clone", "--", url]);';
    expect(complaints("src/adapters/git/git-process.ts", code)).toEqual([]);
  });
});
