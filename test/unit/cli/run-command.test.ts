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
    takes: "words",
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

  it.for([["help"], ["--help"], ["-h"]])("lists the commands for %j", async (argv) => {
    const { code, stdout } = await runRecorded(argv, [greet]);
    expect(stdout).toContain("greet  Greet somebody");
    expect(code).toBe(0);
  });

  it("lists them beside what scripts read where nothing was asked for", async () => {
    const { code, stdout, stderr } = await runRecorded([], [greet]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("greet  Greet somebody");
  });

  it.for([
    ["greet", "--help"],
    ["greet", "x", "-h"],
    ["help", "greet"],
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

  it("names the command that was probably meant, and all of them where none is near", async () => {
    const near = await runRecorded(["grete"], [greet]);
    expect(near.stderr).toBe("plumbline: there is no command `grete`\n\nDid you mean `plumbline greet`?");
    const far = await runRecorded(["frobnicate"], [greet]);
    expect(far.stderr).toContain("greet  Greet somebody");
  });

  it("names the option that was probably meant", async () => {
    const near = await runRecorded(["greet", "--lout"], [greet]);
    expect(near.stderr).toContain("plumbline greet: there is no option `--lout`; did you mean `--loud`?\n");
    const short = await runRecorded(["greet", "--lo"], [greet]);
    expect(short.stderr).toContain("did you mean `--loud`?");
    const far = await runRecorded(["greet", "--quiet"], [greet]);
    expect(far.stderr).toContain("there is no option `--quiet`\n");
  });

  it("takes no words where a command has none", async () => {
    const silent: Command = { ...greet, takes: "options" };
    const { code, stderr } = await runRecorded(["greet", "Ada"], [silent]);
    expect(code).toBe(2);
    expect(stderr).toContain("plumbline greet: what is `Ada`?\nusage: ");
  });

  it("takes what follows -- as words", async () => {
    const { code, stdout } = await runRecorded(["greet", "--", "-h"], [greet]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "hello -h" });
  });

  it("says how it is used where an option is unknown", async () => {
    const { code, stdout, stderr } = await runRecorded(["greet", "--quiet"], [greet]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("--quiet");
    expect(stderr).toContain("usage: plumbline greet");
  });

  it("tells a failure by reason, title and remedy", async () => {
    const error = OperationError.of("FileUnreadable", { file: "a.yaml", problem: "it does not exist" });
    const { code, stderr } = await runRecorded(["greet"], [failing(error)]);
    expect(code).toBe(2);
    expect(stderr).toBe(
      "plumbline greet: FileUnreadable: `a.yaml` cannot be read: it does not exist\nNothing was done. What is read are files of this machine, and standard input as `-`; of a folder, `FOLDER/*.yaml`.",
    );
  });

  it("promises no second try that nobody makes", async () => {
    const error = OperationError.of("RepositoryUnreachable", { url: "https://git.example/a.git" });
    expect(error.remedy).toContain("It is tried again on its own");
    const { stderr } = await runRecorded(["greet"], [failing(error)]);
    expect(stderr).toBe(
      "plumbline greet: RepositoryUnreachable: Repository `https://git.example/a.git` did not answer\nNothing was changed. A clone on this machine can stand in for it: `--repo URL=DIR`.",
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

  it("tells what the system refuses in its own words: it is nobody's bug", async () => {
    const error = Object.assign(new Error("listen EADDRINUSE: address already in use ::3000"), {
      code: "EADDRINUSE",
      syscall: "listen",
    });
    expect(await runRecorded(["greet"], [failing(error)])).toMatchObject({
      code: 2,
      stderr: "plumbline greet: listen EADDRINUSE: address already in use ::3000",
    });
  });

  it("T144 lets no name in an error give orders to the terminal", async () => {
    const file = "a\u001b[2Jb\u202ec\u0007.yaml";
    const { stderr } = await runRecorded(
      ["greet"],
      [failing(OperationError.of("FileUnreadable", { file, problem: "why" }))],
    );
    expect(stderr).toContain("a\\u001b[2Jb\\u202ec\\u0007.yaml");
    expect(stderr).not.toContain("\u001b");
    expect(stderr).not.toContain("\u202e");
  });
});
