import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { COMMAND_HELP } from "../../src/commands/help.ts";
import { environmentTable } from "../../src/config/environment-variables.ts";

const README = readFileSync(new URL("../../README.md", import.meta.url), "utf8");

describe("README", () => {
  test("has the table of settings as the schema has it", () => {
    expect(between("environment")).toBe(environmentTable());
  });

  test.each(Object.entries(COMMAND_HELP))("names /%s with its arguments", (_verb, { usage }) => {
    expect(README).toContain(`\`${usage}\``);
  });
});

/** What stands between a pair of markers. */
function between(name: string): string {
  const [, rest = ""] = README.split(`<!-- ${name}:start -->\n`);
  return rest.split(`\n<!-- ${name}:end -->`)[0] ?? "";
}
