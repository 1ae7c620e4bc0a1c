import { describe, expect, it } from "vitest";
import { createRenderCommand, type RenderAnswer } from "../../../src/cli/render.ts";
import { type CliRun, runRecorded } from "../../support/recorded-output.ts";

const OBJECT = { apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, stringData: { key: "hunter2" } };

function render(answer: Partial<RenderAnswer>, ...argv: readonly string[]): Promise<CliRun> {
  const command = createRenderCommand({
    render: async (choice, { revision }) => ({
      objects: [{ ...OBJECT, asked: { ...choice, revision: revision ?? "" } }],
      warnings: [],
      ...answer,
    }),
  });
  return runRecorded(["render", ...argv], [command]);
}

describe("plumbline render", () => {
  it("hands on which Application, and at which revision", async () => {
    const { stdout } = await render({}, "-f", "apps.yaml", "web", "--revision", "v1", "-o", "json");
    expect(JSON.parse(stdout)).toEqual([
      { ...OBJECT, asked: { file: "apps.yaml", name: "web", revision: "v1" } },
    ]);
  });

  it("prints YAML documents, Secrets as they are, and warnings beside them", async () => {
    const { code, stdout, stderr } = await render({ objects: [OBJECT, OBJECT], warnings: ["mind"] }, "web");
    expect(code).toBe(0);
    expect(stdout.split("\n").filter((line) => line === "---")).toHaveLength(2);
    expect(stdout).toContain("  key: hunter2");
    expect(stderr).toBe("warning: mind");
  });

  it("prints an empty list for nothing, and says that it is nothing", async () => {
    const stderr = "warning: nothing comes of it: no object was rendered";
    expect(await render({ objects: [] }, "web", "-o", "json")).toEqual({ code: 0, stdout: "[]", stderr });
    expect(await render({ objects: [] }, "web")).toEqual({ code: 0, stdout: "", stderr });
  });

  it("T144 lets no value give orders to the terminal", async () => {
    const hostile = { apiVersion: "v1", kind: "ConfigMap", data: { a: "x\u001b[2Jy\u202ez" } };
    const { stdout } = await render({ objects: [hostile] }, "web");
    expect(stdout).toContain('"x\\u001b[2Jy\\u202ez"');
  });
});
