import { describe, expect, it } from "vitest";
import { createValidateCommand } from "../../../src/cli/validate.ts";
import type { ConfigProblem } from "../../../src/domain/control-plane.ts";
import { type CliRun, runRecorded } from "../../support/recorded-output.ts";

const ERROR: ConfigProblem = {
  severity: "error",
  reason: "FieldInvalid",
  title: "`spec.destination` names no cluster",
  remedy: "Mend it.",
  retryable: false,
  file: "a.yaml",
  document: 1,
  line: 7,
  field: "spec.destination",
};
const WARNING: ConfigProblem = { ...ERROR, severity: "warning", line: 0, field: "spec.x", title: "Hm" };

function validate(problems: readonly ConfigProblem[], ...argv: readonly string[]): Promise<CliRun> {
  const command = createValidateCommand({ validate: async (paths) => ({ problems, files: paths.length }) });
  return runRecorded(["validate", ...argv], [command]);
}

describe("plumbline validate", () => {
  it.for<[string, number, readonly ConfigProblem[]]>([
    ["nothing is wrong", 0, []],
    ["there are warnings", 0, [WARNING]],
    ["anything is an error", 1, [WARNING, ERROR]],
  ])("where %s, exits with %i", async ([, code, problems]) => {
    expect((await validate(problems, "a.yaml")).code).toBe(code);
  });

  it("names every problem with its place, reason, title and remedy", async () => {
    expect((await validate([ERROR, WARNING], "a.yaml")).stdout).toBe(
      [
        "a.yaml:7: error: FieldInvalid: `spec.destination` names no cluster",
        "  Mend it.",
        "a.yaml: warning: FieldInvalid: Hm (spec.x)",
        "  Mend it.",
        "1 file: 1 error, 1 warning",
      ].join("\n"),
    );
    const { retryable: _, ...printed } = ERROR;
    expect(JSON.parse((await validate([ERROR], "a.yaml", "-o", "json")).stdout)).toEqual([printed]);
  });

  it("wants a file", async () => {
    expect(await validate([])).toMatchObject({ code: 2, stdout: "" });
  });
});
