import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OperationError } from "../../src/errors/operation-error.ts";
import { CHART, configMap, createRenderRig, named, type RenderRig } from "../support/render-rig.ts";
import { type TarEntry, tarGz } from "../support/tar.ts";

let rig: RenderRig;

beforeAll(() => {
  rig = createRenderRig();
});
afterAll(() => rig.renderer.close());

/** What comes of a chart with an archive of these entries, and two ordinary ones, in its `charts` folder. */
async function outcomeOf(entries: readonly TarEntry[]): Promise<string> {
  const archive = tarGz([
    { name: "sub/Chart.yaml", content: "apiVersion: v2\nname: sub\nversion: 0.1.0\n" },
    { name: "sub/templates/a.yaml", content: configMap("a") },
    ...entries,
  ]);
  const files = { "app/Chart.yaml": CHART, "app/charts/sub-0.1.0.tgz": archive };
  try {
    return named(await rig.render(files, { path: "app" })).join(" ");
  } catch (error) {
    if (error instanceof OperationError) return `${error.title}: ${error.remedy}`;
    throw error;
  }
}

describe("an archive among a chart's dependencies", () => {
  it("is read where it is an ordinary one", async () => {
    expect(await outcomeOf([{ name: "sub/templates/b.yaml", content: configMap("b") }])).toBe(
      "ConfigMap a ConfigMap b",
    );
  });

  it("T068 is refused with a name that leads out of the chart", async () => {
    expect(await outcomeOf([{ name: "sub/../../x.yaml", content: configMap("x") }])).toMatch(
      /^Helm could not render `app`: /,
    );
  });

  it.for<[what: string, entries: readonly TarEntry[]]>([
    ["a link", [{ name: "sub/templates/l.yaml", type: "2", linkName: "/etc/passwd" }]],
    ["a hard link", [{ name: "sub/templates/h.yaml", type: "1", linkName: "/etc/passwd" }]],
    [
      "a file through a link",
      [
        { name: "sub/files/d", type: "2", linkName: "/tmp" },
        { name: "sub/files/d/x.txt", content: "through" },
      ],
    ],
    ["a name that begins above the chart", [{ name: "../x.yaml", content: configMap("x") }]],
    ["an absolute name", [{ name: "/etc/x.yaml", content: configMap("x") }]],
    ["a drive's name", [{ name: "C:\\x.yaml", content: configMap("x") }]],
    ["a pipe", [{ name: "sub/templates/p.yaml", type: "6" }]],
    ["a device", [{ name: "sub/templates/c.yaml", type: "3" }]],
    ["a file that would run as its owner", [{ name: "sub/files/s", mode: 0o4755, content: "#!/bin/sh\n" }]],
  ])("T067 T068 makes nothing of %s", async ([, entries]) => {
    expect(await outcomeOf(entries)).toBe("ConfigMap a");
  });
});
