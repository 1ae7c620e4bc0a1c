import { describe, expect, it } from "vitest";
import { createHealthCommand } from "../../../src/cli/health.ts";
import type { JsonObject } from "../../../src/domain/json.ts";
import { OperationError } from "../../../src/errors/operation-error.ts";
import { type CliRun, runRecorded } from "../../support/recorded-output.ts";

function pvc(name: string, phase: string): JsonObject {
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name, namespace: "shop" },
    status: { phase },
  };
}

const CONFIG_MAP = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a\u001b[2J" } };

function health(objects: readonly JsonObject[], ...argv: readonly string[]): Promise<CliRun> {
  const command = createHealthCommand({
    readObjects: async () => objects,
    readSettings: async (file) => ({
      warnings: [`${file} is not run yet`],
      customHealthKinds: [{ group: "", kind: "PersistentVolumeClaim" }],
    }),
  });
  return runRecorded(["health", ...argv], [command]);
}

describe("plumbline health", () => {
  it.for<[string, number, readonly JsonObject[]]>([
    ["nothing is there", 0, []],
    ["the kind has no health", 0, [CONFIG_MAP]],
    ["all are healthy", 0, [pvc("a", "Bound")]],
    ["one is on its way", 0, [pvc("a", "Bound"), pvc("b", "Pending")]],
    ["one is degraded", 1, [pvc("a", "Bound"), pvc("b", "Lost")]],
  ])("where %s, exits with %i", async ([, code, objects]) => {
    expect((await health(objects, "f.yaml")).code).toBe(code);
  });

  it("prints the contract's JSON, a row an object", async () => {
    const { stdout } = await health([pvc("a", "Lost"), CONFIG_MAP], "f.yaml", "-o", "json");
    expect(JSON.parse(stdout)).toEqual([
      {
        file: "f.yaml",
        group: "",
        kind: "PersistentVolumeClaim",
        namespace: "shop",
        name: "a",
        status: "Degraded",
        message: "The volume was lost",
      },
      {
        file: "f.yaml",
        group: "",
        kind: "ConfigMap",
        namespace: "",
        name: "a\u001b[2J",
        status: "",
        message: "",
      },
    ]);
  });

  it("T144 lets no name give orders to the terminal", async () => {
    expect((await health([CONFIG_MAP], "f.yaml")).stdout).toBe("–            ConfigMap a\\u001b[2J");
  });

  it("reads the other files where one cannot be read, and is in trouble", async () => {
    const command = createHealthCommand({
      readObjects: async (file) => {
        if (file === "bad.yaml") throw OperationError.of("FileUnreadable", { file, problem: "why" });
        return [pvc("a", "Lost")];
      },
      readSettings: async () => ({ warnings: [], customHealthKinds: [] }),
    });
    const { code, stdout, stderr } = await runRecorded(["health", "bad.yaml", "good.yaml"], [command]);
    expect(code).toBe(2);
    expect(stdout).toContain("Degraded");
    expect(stderr).toContain("bad.yaml: FileUnreadable: ");
  });

  it("wants a file, and names what it does not run of settings", async () => {
    expect(await health([])).toMatchObject({ code: 2, stdout: "" });
    const { stderr } = await health([], "f.yaml", "--config", "cm.yaml");
    expect(stderr).toBe("warning: cm.yaml is not run yet");
  });

  it("calls Unknown, and unhealthy, what the settings have a script for", async () => {
    const { code, stdout } = await health([pvc("a", "Bound")], "f.yaml", "--config", "cm.yaml");
    expect(code).toBe(1);
    expect(stdout).toMatch(/^Unknown {6}PersistentVolumeClaim shop\/a/);
  });
});
