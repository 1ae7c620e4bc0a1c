import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Files } from "../support/git-objects.ts";
import {
  CHART,
  chartPrinting,
  configMap,
  createRenderRig,
  failureOf,
  named,
  type RenderRig,
  type Source,
} from "../support/render-rig.ts";

/** Small enough to be met quickly, large enough for everything else here. */
const LIMITS = {
  timeMs: 10_000,
  memoryBytes: 96 * 1024 * 1024,
  outputBytes: 2 * 1024 * 1024,
  documents: 500,
  directoryBytes: 1_000_000,
  fileBytes: 8 * 1024 * 1024,
  treeEntries: 2_000,
};

let rig: RenderRig;

beforeAll(() => {
  rig = createRenderRig({ workers: 2, limits: LIMITS });
});
afterAll(() => rig.renderer.close());

function many(count: number, make: (index: number) => string): Files {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`m${index}.yaml`, make(index)]));
}

describe("limits", () => {
  it.for<[what: string, files: () => Files, source: Source, reason: string]>([
    [
      "T096 time, for a loop without end",
      () => chartPrinting("{{ range until 100000000 }}{{ end }}{{ range until 100000000 }}{{ end }}"),
      { path: "." },
      "Render(Time|Memory)Limit",
    ],
    [
      "T096 time, for a template that calls itself",
      () =>
        chartPrinting(
          '{{ define "l" }}{{ tpl "{{ include \\"l\\" . }}{{ include \\"l\\" . }}" . }}{{ end }}{{ include "l" . }}',
        ),
      { path: "." },
      "Render(Time|Depth|Memory)Limit|TemplateError",
    ],
    [
      "memory, for a text that grows",
      () =>
        chartPrinting(
          '{{ $s := "xxxxxxxxxxxxxxxx" }}{{ range until 40 }}{{ $s = print $s $s }}{{ end }}{{ $s }}',
        ),
      { path: "." },
      "RenderMemoryLimit",
    ],
    ["T099 output", () => chartPrinting('{{ repeat 3000000 "x" }}'), { path: "." }, "RenderOutputLimit"],
    [
      "T095 documents in one file",
      () => ({ "a.yaml": Array.from({ length: 501 }, (_, i) => configMap(`c${i}`)).join("---\n") }),
      { path: "." },
      "RenderDocumentLimit",
    ],
    [
      "T095 T171 documents of many files",
      () => many(501, (index) => configMap(`c${index}`)),
      { path: "." },
      "RenderDocumentLimit",
    ],
    [
      "documents in a list",
      () => ({
        "a.yaml": `apiVersion: v1\nkind: List\nitems:\n${Array.from({ length: 501 }, (_, i) => `- {apiVersion: v1, kind: ConfigMap, metadata: {name: c${i}}}`).join("\n")}\n`,
      }),
      { path: "." },
      "RenderDocumentLimit",
    ],
    [
      "T095 one large manifest",
      () => ({ "a.yaml": `${configMap("a")}# ${"x".repeat(7_000_000)}` }),
      { path: "." },
      "RenderInputLimit",
    ],
    [
      "T095 a manifest of 100 MB",
      () => ({ "a.yaml": `${configMap("a")}# ${"x".repeat(100_000_000)}` }),
      { path: "." },
      "RenderInputLimit",
    ],
    [
      "a large file of a chart",
      () => ({ ...chartPrinting("x"), "files/blob": "x".repeat(9_000_000) }),
      { path: "." },
      "RenderInputLimit",
    ],
    [
      "T070 entries",
      () => ({ ...chartPrinting("x"), files: many(2_100, () => "") }),
      { path: "." },
      "RenderTreeLimit",
    ],
  ])("meets the limit of %s", async ([, files, source, reason]) => {
    const failure = await failureOf(rig.render(files(), source));
    expect(failure.reason).toMatch(new RegExp(`^(${reason})$`));
    expect(failure.retryable).toBe(false);
  });

  it("names the limit in the failure's words", async () => {
    const failure = await failureOf(
      rig.render(
        many(501, (index) => configMap(`c${index}`)),
        { path: "." },
      ),
    );
    expect(failure.title).toBe("`.` renders to more than 500 objects");
  });

  it("T096 stops a render when its time is up, however little memory it takes", async () => {
    const hurried = createRenderRig({ limits: { timeMs: 1_000 } });
    const endless = chartPrinting("{{ range until 9000 }}{{ range until 9000 }}{{ end }}{{ end }}");
    expect(await failureOf(hurried.render(endless, { path: "." }))).toMatchObject({
      reason: "RenderTimeLimit",
      retryable: false,
    });
    await hurried.renderer.close();
  });

  it("goes on with the others, and after it, when one render is stopped", async () => {
    const endless = failureOf(
      rig.render(
        chartPrinting(
          '{{ define "l" }}{{ range until 1000000 }}{{ range until 1000000 }}{{ end }}{{ end }}{{ end }}{{ include "l" . }}',
        ),
        { path: "." },
      ),
    );
    const others = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        rig.render({ "a.yaml": configMap(`c${index}`) }, { path: "." }),
      ),
    );
    expect(others.flatMap(named)).toEqual(Array.from({ length: 20 }, (_, index) => `ConfigMap c${index}`));
    expect((await endless).reason).toMatch(/RenderTimeLimit|RenderMemoryLimit/);
    expect(named(await rig.render({ "a.yaml": configMap("after") }, { path: "." }))).toEqual([
      "ConfigMap after",
    ]);
  });

  it("does not count the time in which Git objects are waited for", async () => {
    const patient = createRenderRig({ limits: { timeMs: 1_500 } });
    const slow: Files = Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [`d${index}`, { "a.yaml": configMap(`c${index}`) }]),
    );
    const read = patient.objects.readObject;
    // More than a folder of a usual size, so that the files below are asked for one by one.
    const tree = patient.objects.addFiles({
      app: { ...slow, ...Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`x${i}`, ""])) },
    });
    Object.assign(patient.objects, {
      readObject: async (...address: Parameters<typeof read>) => {
        const { setTimeout: pause } = await import("node:timers/promises");
        await pause(120);
        return read(...address);
      },
    });
    const { renderRequest } = await import("../support/render-request.ts");
    const result = await patient.renderer.render(
      renderRequest(tree, { path: "app", directory: { recurse: true } }),
    );
    expect(result.documents).toHaveLength(12);
    await patient.renderer.close();
  });
});

describe("trust levels", () => {
  it("render alike, each in instances of its own", async () => {
    const files = { "Chart.yaml": CHART, "templates/a.yaml": configMap("a") };
    const levels = ["synced", "member", "fork", "synced"] as const;
    const results = await Promise.all(levels.map((trust) => rig.render(files, { path: "." }, { trust })));
    expect(new Set(results.map(({ documents }) => documents[0]?.digest)).size).toBe(1);
  });
});
