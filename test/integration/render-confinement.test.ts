import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Files, link, submodule } from "../support/git-objects.ts";
import { renderRequest } from "../support/render-request.ts";
import {
  CHART,
  configMap,
  createRenderRig,
  failureOf,
  named,
  type RenderRig,
  type Source,
} from "../support/render-rig.ts";

let rig: RenderRig;

beforeAll(() => {
  rig = createRenderRig();
});
afterAll(() => rig.renderer.close());

const render = (...parameters: Parameters<RenderRig["render"]>) => rig.render(...parameters);

const TEMPLATE =
  "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\ndata: {value: {{ .Values.value | quote }}}\n";

describe("files outside of the tree", () => {
  const outside = link("/etc/passwd");
  const chart = { "Chart.yaml": CHART, "templates/a.yaml": TEMPLATE };

  it.for<[what: string, files: Files, source: Source]>([
    ["a manifest", { "app/a.yaml": outside }, { path: "app" }],
    [
      "a value file",
      { app: { ...chart, "v.yaml": outside } },
      { path: "app", helm: { valueFiles: ["v.yaml"] } },
    ],
    ["a template", { app: { ...chart, "templates/b.yaml": outside } }, { path: "app" }],
    ["Chart.yaml", { app: { ...chart, "Chart.yaml": outside } }, { path: "app", helm: { skipCrds: true } }],
    ["a kustomization", { "app/kustomization.yaml": link("../../../etc/passwd") }, { path: "app" }],
    [
      "a patch",
      {
        "app/kustomization.yaml": "patches: [{path: p.yaml}]\nresources: [a.yaml]",
        "app/a.yaml": configMap("a"),
        "app/p.yaml": outside,
      },
      { path: "app" },
    ],
    ["a folder", { app: link("../elsewhere") }, { path: "app" }],
    [
      "a file parameter",
      { app: { ...chart, secret: outside } },
      { path: "app", helm: { fileParameters: [{ name: "a", path: "secret" }] } },
    ],
  ])("T059 refuses a link out of the repository as %s, and names it", async ([, files, source]) => {
    const failure = await failureOf(render(files, source));
    expect(failure).toMatchObject({ reason: "SourceRefused" });
    expect(failure.remedy).toMatch(/a link that leads out of the repository/);
    expect(failure.title).toMatch(/app/);
    expect(`${failure.title}${failure.remedy}`).not.toMatch(/root:|\/etc/);
  });

  it.for<[what: string, files: Files, source: Source]>([
    [
      "a folder",
      { "app/a.yaml": link("../x/one"), "x/one": link("two"), "x/two": configMap("a") },
      { path: "app" },
    ],
    [
      "a chart",
      { "app/Chart.yaml": CHART, "app/templates": link("../t"), "t/a.yaml": configMap("a") },
      { path: "app" },
    ],
    [
      "a base",
      {
        "app/kustomization.yaml": "resources: [a.yaml]",
        "app/a.yaml": link("b.yaml"),
        "app/b.yaml": configMap("a"),
      },
      { path: "app" },
    ],
    ["the path itself", { app: link("real"), "real/a.yaml": configMap("a") }, { path: "app" }],
  ])("T060 follows links that stay inside, in %s", async ([, files, source]) => {
    const result = await render(files, source);
    expect(named(result)).toEqual(["ConfigMap a"]);
    expect(result.readSet.some(({ kind }) => kind === "link")).toBe(true);
  });

  it("T061 follows a linked path as its own commit has it, whatever other commits make of the link", async () => {
    const real = { "real/a.yaml": configMap("a"), "other/b.yaml": configMap("b") };
    const at = (target: string) => render({ ...real, app: link(target) }, { path: "app" });
    const [first, outside, other, again] = await Promise.all([
      at("real"),
      failureOf(at("../real")),
      at("other"),
      at("real"),
    ]);
    expect([first, other, again].map(named)).toEqual([["ConfigMap a"], ["ConfigMap b"], ["ConfigMap a"]]);
    expect(outside.reason).toBe("SourceRefused");
  });

  it("T060 refuses a chain of links without end", async () => {
    const failure = await failureOf(
      render({ "app/a.yaml": link("b.yaml"), "app/b.yaml": link("a.yaml") }, { path: "app" }),
    );
    expect(failure.reason).toBe("SourceRefused");
    expect(failure.remedy).toMatch(/chain of more than 10 links/);
  });

  it.for<[path: string, reason: string]>([
    ["../other", "SourceRefused"],
    ["/etc", "SourceInvalid"],
    ["a/../../b", "SourceRefused"],
    ["a/%2e%2e/b", "PathMissing"],
    ["a\\..\\b", "PathMissing"],
    ["", "SourceInvalid"],
    ["a.yaml", "SourceInvalid"],
    ["absent", "PathMissing"],
  ])("T062 does not render the path %j", async ([path, reason]) => {
    expect(
      (await failureOf(render({ "a.yaml": configMap("a"), "a/b.yaml": configMap("b") }, { path }))).reason,
    ).toBe(reason);
  });

  it.for(["./", "./a/", "a/../a", "a//"])("T062 renders the path %j inside", async (path) => {
    expect(
      (await render({ "a.yaml": configMap("a"), "a/b.yaml": configMap("b") }, { path })).documents,
    ).toHaveLength(1);
  });

  it.for<[file: string, reason: string]>([
    ["../../x", "SourceRefused"],
    ["/../x", "SourceRefused"],
    ["/x", "PathMissing"],
    ["//etc/x", "PathMissing"],
    ["file:///x", "SourceRefused"],
    ["https://values.example/x", "SourceRefused"],
    ["$other/../../x", "SourceRefused"],
    ["$nosuch/x", "SourceInvalid"],
    ["*.nothing", "PathMissing"],
    ["[", "SourceInvalid"],
  ])("T063 does not read the value file %j", async ([file, reason]) => {
    const tree = rig.objects.addFiles({ app: chart });
    const mounts = [
      { name: "", repository: "example", tree },
      { name: "other", repository: "example", tree },
    ];
    const request = renderRequest(tree, { path: "app", helm: { valueFiles: [file] } }, { mounts });
    expect((await failureOf(rig.renderer.render(request))).reason).toBe(reason);
  });

  it.for<[what: string, kustomization: string]>([
    ["a generator's file", "configMapGenerator: [{name: a, files: [/proc/self/environ]}]"],
    ["an env file", "configMapGenerator: [{name: a, envs: [../../../../proc/self/environ]}]"],
    ["a patch", "resources: [a.yaml]\npatches: [{path: ../b/a.yaml}]"],
    ["a schema", "resources: [a.yaml]\nopenapi: {path: ../b/a.yaml}"],
    ["a file of a sibling", "resources: [../b/a.yaml]"],
  ])("T064 does not let Kustomize read %s outside of its folder", async ([, kustomization]) => {
    const files = {
      app: { "kustomization.yaml": kustomization, "a.yaml": configMap("a") },
      "b/a.yaml": configMap("b"),
    };
    expect((await failureOf(render(files, { path: "app" }))).reason).toMatch(/SourceRefused|TemplateError/);
  });

  it("T064 lets Kustomize use a sibling folder of the same checkout", async () => {
    const files = {
      "app/kustomization.yaml": "resources: [../b]",
      "b/kustomization.yaml": "resources: [a.yaml]",
      "b/a.yaml": configMap("b"),
    };
    expect(named(await render(files, { path: "app" }))).toEqual(["ConfigMap b"]);
  });

  it.for([".git", ".GIT", "git~1", "..", ".", "a\nb", "a/b", "x".repeat(256), Buffer.from([0x61, 0xff])])(
    "T066 refuses a folder with an entry named %j",
    async (name) => {
      const file = rig.objects.addBlob(configMap("a"));
      const tree = rig.objects.addRawTree([{ mode: "100644", name, oid: file }]);
      const failure = await failureOf(rig.renderer.render(renderRequest(tree, { path: "." })));
      expect(failure).toMatchObject({ reason: "SourceRefused" });
    },
  );

  it("T069 refuses a charts folder that is a link out of the repository", async () => {
    const failure = await failureOf(render({ app: { ...chart, charts: link("/root") } }, { path: "app" }));
    expect(failure.reason).toBe("SourceRefused");
  });

  it("T078 refuses a submodule that a render walks into, and passes by others", async () => {
    const files = { "app/a.yaml": configMap("a"), "app/vendor": submodule("1".repeat(40)) };
    expect(named(await render(files, { path: "app" }))).toEqual(["ConfigMap a"]);
    const failure = await failureOf(render(files, { path: "app", directory: { recurse: true } }));
    expect(failure).toMatchObject({ reason: "SourceRefused" });
    expect(failure.remedy).toMatch(/submodule/);
  });

  it("T070 gives a template no file but the chart's", async () => {
    const template =
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: {{ .Files.Get "../../../secret" | quote }}, b: {{ .Files.Get "/etc/passwd" | quote }}}\n';
    const { documents } = await render(
      { secret: "hidden", app: { "Chart.yaml": CHART, "templates/a.yaml": template } },
      { path: "app" },
    );
    expect(documents[0]?.object["data"]).toEqual({ a: "", b: "" });
  });
});
