import { describe, expect, it } from "vitest";
import { type Command, UsageError } from "../../../src/cli/command.ts";
import { OperationError } from "../../../src/errors/operation-error.ts";
import { runRecorded } from "../../support/recorded-output.ts";

function command(run: Command["run"]): Command {
  return {
    name: "greet",
    summary: "Greet somebody",
    usage: "plumbline greet NAME [--loud]",
    options: { loud: { type: "boolean" } },
    help: ["--loud  shout"],
    run,
  };
}

const greet = command(async ({ args, print }) => {
  print(`hello ${args.positionals.join(" ")}${args.values["loud"] === true ? "!" : ""}`);
  return 0;
});

function failing(error: Error): Command {
  return command(async () => {
    throw error;
  });
}

describe("the command line", () => {
  it("hands a command its words and options", async () => {
    expect(await runRecorded(["greet", "--loud", "Ada"], [greet])).toEqual({
      code: 0,
      stdout: "hello Ada!",
      stderr: "",
    });
  });

  it.for([[], ["help"], ["--help"], ["-h"]])("lists the commands for %j", async (argv) => {
    const { code, stdout } = await runRecorded(argv, [greet]);
    expect(stdout).toContain("greet  Greet somebody");
    expect(code).toBe(argv.length === 0 ? 2 : 0);
  });

  it.for([
    ["greet", "--help"],
    ["greet", "x", "-h"],
  ])("prints the manual for %j", async (argv) => {
    const { code, stdout } = await runRecorded(argv, [greet]);
    expect(stdout).toContain("usage: plumbline greet NAME [--loud]");
    expect(stdout).toContain("--loud  shout");
    expect(code).toBe(0);
  });

  it("calls an unknown word unknown, and one that is not built yet not built yet", async () => {
    const unknown = await runRecorded(["gret"], [greet]);
    expect(unknown).toMatchObject({ code: 2, stdout: "" });
    expect(unknown.stderr).toContain("there is no command `gret`");
    const app = await runRecorded(["app", "list"], [greet]);
    expect(app).toMatchObject({ code: 2, stdout: "" });
    expect(app.stderr).toContain("does not have yet");
    expect(app.stderr).not.toContain("there is no command");
  });

  it("says how it is used where an option is unknown", async () => {
    const { code, stdout, stderr } = await runRecorded(["greet", "--quiet"], [greet]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("--quiet");
    expect(stderr).toContain("usage: plumbline greet");
  });

  it("tells a failure by reason, title and remedy", async () => {
    const error = OperationError.of("FileUnreadable", { file: "a.yaml" });
    const { code, stderr } = await runRecorded(["greet"], [failing(error)]);
    expect(code).toBe(2);
    expect(stderr).toBe(
      "plumbline greet: FileUnreadable: `a.yaml` cannot be read\nNothing was done. Check the name and its permissions.",
    );
  });

  it("tells misuse with the usage, and a bug with its stack", async () => {
    const misuse = await runRecorded(["greet"], [failing(new UsageError("say whom"))]);
    expect(misuse).toMatchObject({
      code: 2,
      stderr: "plumbline greet: say whom\nusage: plumbline greet NAME [--loud]",
    });
    const bug = await runRecorded(["greet"], [failing(new RangeError("impossible"))]);
    expect(bug.code).toBe(2);
    expect(bug.stderr).toMatch(/RangeError: impossible\n\s+at /);
  });

  it("T144 lets no name in an error give orders to the terminal", async () => {
    const file = "a\u001b[2Jb\u202ec\u0007.yaml";
    const { stderr } = await runRecorded(["greet"], [failing(OperationError.of("FileUnreadable", { file }))]);
    expect(stderr).toContain("a\\u001b[2Jb\\u202ec\\u0007.yaml");
    expect(stderr).not.toContain("\u001b");
    expect(stderr).not.toContain("\u202e");
  });
});
