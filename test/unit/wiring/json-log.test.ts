import { describe, expect, it } from "vitest";
import { OperationError } from "../../../src/errors/operation-error.ts";
import { createExit } from "../../../src/report/exit.ts";
import { createJsonLog } from "../../../src/wiring/json-log.ts";

const CANARY = "canary-7f3a91c2e8";

function recorded() {
  const lines: string[] = [];
  const { scrub } = createExit({ credentials: () => [CANARY] });
  const log = createJsonLog({ level: "debug", scrub, write: (line) => lines.push(line) });
  return { log, lines, text: () => lines.join("") };
}

describe("the log", () => {
  it("T143 keeps what a stranger named on one line, in one record", () => {
    const { log, lines } = recorded();
    const branch = 'main\n{"level":"info","msg":"signed in as admin"}\r\n\u001b[2J';
    log.info("a branch moved", { branch });
    expect(lines).toHaveLength(1);
    expect(lines[0]?.trimEnd().split("\n")).toHaveLength(1);
    expect(lines[0]).not.toContain("\u001b");
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ msg: "a branch moved", branch });
  });

  it.each(["debug", "info", "warn", "error"] as const)(
    "T126 lets no credential out at level %s, in a message, a field, an error or its cause",
    (level) => {
      const { log, text } = recorded();
      const cause = new Error(`fetching https://x:${CANARY}@git.example.com failed`);
      log[level](`asked with ${CANARY}`, {
        headers: { authorization: `Basic ${Buffer.from(`x:${CANARY}`).toString("base64")}` },
        error: new Error("it failed", { cause }),
      });
      expect(text()).toContain("it failed");
      expect(text()).not.toContain(CANARY);
      expect(text()).not.toContain(Buffer.from(`x:${CANARY}`).toString("base64"));
    },
  );

  it("names an expected failure by its reason and says what to do, and shows a bug with its stack", () => {
    const { log, lines } = recorded();
    const failure = OperationError.of("ClusterUnknown", { destination: "prod" });
    log.warn("one", { error: failure });
    log.error("two", { error: new TypeError("bug") });
    const [expected, bug] = lines.map((line) => JSON.parse(line) as { error: Record<string, unknown> });
    expect(expected?.error).toMatchObject({ reason: "ClusterUnknown", remedy: failure.remedy });
    expect(expected?.error).not.toHaveProperty("stack");
    expect(bug?.error["stack"]).toContain("TypeError: bug");
  });
});
