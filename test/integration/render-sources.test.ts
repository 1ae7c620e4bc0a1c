import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { valueAt } from "../../src/domain/json.ts";
import { renderRequest } from "../support/render-request.ts";
import {
  CHART,
  configMap,
  createRenderRig,
  failureOf,
  named,
  type RenderRig,
} from "../support/render-rig.ts";

let rig: RenderRig;

beforeAll(() => {
  rig = createRenderRig();
});
afterAll(() => rig.renderer.close());

const render = (...parameters: Parameters<RenderRig["render"]>) => rig.render(...parameters);

const TEMPLATE =
  "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\ndata: {value: {{ .Values.value | quote }}}\n";

function deployment(name: string, image: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: "${image}"}]}}}
`;
}

describe("what is read", () => {
  it("is recorded: files, listings, and what was looked for in vain", async () => {
    const { readSet } = await render(
      {
        "app/kustomization.yaml": "resources: [../base]\n",
        "base/kustomization.yaml": "resources: [a.yaml]\n",
        "base/a.yaml": configMap("a"),
        "other/x": "",
      },
      { path: "app" },
    );
    expect(readSet.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
      "absent app/.argocd-source-web.yaml",
      "absent app/.argocd-source.yaml",
      "absent app/Kustomization",
      "file app/kustomization.yaml",
      "absent app/kustomization.yml",
      "absent base/Kustomization",
      "file base/a.yaml",
      "file base/kustomization.yaml",
      "absent base/kustomization.yml",
    ]);
    expect(readSet.every(({ kind, oid }) => (kind === "absent") === (oid === undefined))).toBe(true);
  });

  it("is fetched by id, once, and only what a mount's tree leads to", async () => {
    const tree = rig.objects.addFiles({ "app/a.yaml": configMap("fetched-once") });
    const before = rig.objects.asked.length;
    await rig.renderer.render(renderRequest(tree, { path: "app" }));
    const asked = rig.objects.asked.slice(before);
    await rig.renderer.render(renderRequest(tree, { path: "app" }));
    expect(asked).toHaveLength(new Set(asked).size);
    expect(rig.objects.asked.slice(before)).toHaveLength(asked.length);
  });

  it("fails with a reason to try again where an object is not there", async () => {
    const blob = rig.objects.addBlob("never fetched");
    const folder = rig.objects.addRawTree([{ mode: "100644", name: "a.yaml", oid: blob }]);
    const tree = rig.objects.addRawTree([{ mode: "40000", name: "app", oid: folder }]);
    rig.objects.remove(blob);
    const failure = await failureOf(rig.renderer.render(renderRequest(tree, { path: "app" })));
    expect(failure).toMatchObject({ reason: "ObjectMissing", retryable: true });
  });
});

describe("tools", () => {
  it("finds Helm, Kustomize and plain folders by their files, and a kustomization before a chart", async () => {
    const chart = { "Chart.yaml": CHART, templates: { "a.yaml": TEMPLATE } };
    const base = { "kustomization.yml": "resources: [a.yaml]\n", "a.yaml": configMap("a") };
    const files = {
      chart,
      base,
      both: { ...chart, ...base },
      plain: { "a.yml": configMap("p"), "note.txt": "" },
    };
    const tools = await Promise.all(
      ["chart", "base", "both", "plain"].map(async (path) => (await render(files, { path })).tool),
    );
    expect(tools).toEqual(["Helm", "Kustomize", "Kustomize", "Directory"]);
  });

  it("applies Helm's settings in Argo CD's order of precedence", async () => {
    const files = {
      "Chart.yaml": CHART,
      "values.yaml": "value: chart\nkept: chart\n",
      "one.yaml": "value: one\nfile: one\n",
      "two.yaml": "value: two\n",
      "content.txt": "from a file",
      "templates/a.yaml":
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {all: {{ .Values | toJson | quote }}}\n",
    };
    const { documents } = await render(files, {
      path: ".",
      helm: {
        valueFiles: ["one.yaml", "/two.yaml"],
        values: "value: inline\nlost: true",
        valuesObject: { value: "object", big: 9007199254740993n },
        parameters: [
          { name: "value", value: "a,b", forceString: false },
          { name: "app", value: "$ARGOCD_APP_NAME-${ARGOCD_APP_REVISION_SHORT}", forceString: false },
          { name: "text", value: "1", forceString: true },
          { name: "list", value: "{x,y}", forceString: false },
        ],
        fileParameters: [{ name: "fromFile", path: "content.txt" }],
      },
    });
    expect(JSON.parse(String(valueAt(documents[0]?.object, "data", "all")))).toEqual({
      value: "a,b",
      kept: "chart",
      file: "one",
      big: 9007199254740992,
      app: "web-0123456",
      text: "1",
      list: ["x", "y"],
      fromFile: "from a file",
    });
  });

  it("reads value files of another repository, and globs", async () => {
    const tree = rig.objects.addFiles({ chart: { "Chart.yaml": CHART, "templates/a.yaml": TEMPLATE } });
    const values = rig.objects.addFiles({
      "env/b.yaml": "value: b",
      "env/a.yaml": "value: a",
      "env/sub/c.yaml": "value: c",
    });
    const mounts = [
      { name: "", repository: "example", tree },
      { name: "values", repository: "second", tree: values },
    ];
    const helm = { valueFiles: ["$values/env/**/*.yaml", "$values/env/a.yaml"] };
    const result = await rig.renderer.render(renderRequest(tree, { path: "chart", helm }, { mounts }));
    expect(result.documents[0]?.object["data"]).toEqual({ value: "a" });
    expect(result.readSet.filter(({ mount }) => mount === 1).map(({ path }) => path)).toEqual(
      expect.arrayContaining(["env", "env/a.yaml", "env/b.yaml", "env/sub", "env/sub/c.yaml"]),
    );
  });

  it("applies Kustomize's parameters as `kustomize edit` would", async () => {
    const files = { "kustomization.yaml": "resources: [a.yaml]\n", "a.yaml": deployment("web", "nginx:1") };
    const { documents } = await render(files, {
      path: ".",
      kustomize: {
        namePrefix: "pre-",
        nameSuffix: "-post",
        namespace: "elsewhere",
        images: ["nginx=registry.example/nginx:$ARGOCD_APP_REVISION_SHORT"],
        replicas: [{ name: "web", count: "4" }],
        commonLabels: { team: "$ARGOCD_APP_NAME" },
        commonAnnotations: { kept: "$ARGOCD_APP_NAME" },
        labelWithoutSelector: true,
        patches: [
          { target: { kind: "Deployment" }, patch: '[{"op": "add", "path": "/spec/paused", "value": true}]' },
        ],
      },
    });
    expect(documents[0]?.object).toMatchObject({
      metadata: {
        name: "pre-web-post",
        namespace: "elsewhere",
        labels: { team: "web" },
        annotations: { kept: "$ARGOCD_APP_NAME" },
      },
      spec: {
        replicas: 4,
        paused: true,
        template: { spec: { containers: [{ image: "registry.example/nginx:0123456" }] } },
      },
    });
  });

  it("builds with the options of the operator's settings", async () => {
    const files = {
      "app/kustomization.yaml":
        "resources: [b.yaml, n.yaml]\nconfigMapGenerator: [{name: g, files: [../shared/a.txt]}]\n",
      "app/b.yaml": configMap("b"),
      "app/n.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: n}\n",
      "shared/a.txt": "shared",
    };
    const build = (kustomizeBuildOptions: string) =>
      render(files, { path: "app" }, { settings: { kustomizeBuildOptions, helmValuesFileSchemes: [] } });
    expect(await failureOf(build(""))).toMatchObject({ reason: "SourceRefused" });
    const loose = "--enable-helm --load-restrictor LoadRestrictionsNone";
    const [first, ...rest] = named(await build(loose));
    expect([first, rest.length]).toEqual(["Namespace n", 2]);
    const built = await build(`${loose} --reorder=none --enable-managedby-label`);
    expect(named(built)[0]).toBe("ConfigMap b");
    expect(valueAt(built.documents[0]?.object, "metadata", "labels")).toMatchObject({
      "app.kubernetes.io/managed-by": expect.stringContaining("kustomize") as unknown,
    });
  });

  it("chooses a folder's files by globs in which a star crosses slashes, and flattens lists", async () => {
    const files = {
      "a.yaml": configMap("a"),
      "b.json":
        '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "b"}, "big": 9007199254740993}',
      "list.yaml":
        "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: one}}\n- {apiVersion: v1, kind: Secret, metadata: {name: two}}\n",
      "no-items.yaml": "apiVersion: v1\nkind: ConfigMapList\nitems:\n",
      "sub/c.yaml": configMap("c"),
      "sub/skipped.yaml": configMap("never"),
      "sub/marked.yaml": `# +argocd:skip-file-rendering\n${configMap("never")}`,
      "values.yaml": "not: a manifest\n",
      "wide.yaml": Buffer.from(`\ufeff${configMap("wide")}`, "utf16le"),
    };
    const directory = { recurse: true, include: "{*.yaml,*.json}", exclude: "*skipped*" };
    const result = await render(files, { path: ".", directory });
    expect(named(result)).toEqual([
      "ConfigMap a",
      "ConfigMap b",
      "Secret one",
      "Secret two",
      "ConfigMap c",
      "ConfigMap wide",
    ]);
    expect(result.documents[1]?.object["big"]).toBe(9007199254740993n);
  });

  it("lets files in the repository override the source", async () => {
    const files = {
      "Chart.yaml": CHART,
      "templates/a.yaml": TEMPLATE,
      ".argocd-source.yaml": "helm: {parameters: [{name: value, value: shared}], releaseName: renamed}\n",
      ".argocd-source-web.yaml": "helm: {parameters: [{name: value, value: own}]}\n",
    };
    const { documents } = await render(files, { path: ".", helm: { valueFiles: [] } });
    expect(documents[0]?.object).toMatchObject({ metadata: { name: "renamed" }, data: { value: "own" } });
  });
});

describe("an instance that is used again", () => {
  it("keeps nothing of a schema that another source brought", async () => {
    const widget =
      "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\nspec: {parts: [{name: a, size: 1}, {name: b}]}\n";
    const patch =
      "{apiVersion: example.com/v1, kind: Widget, metadata: {name: w}, spec: {parts: [{name: a, size: 2}]}}";
    const schema = {
      definitions: {
        "v1.Widget": {
          type: "object",
          properties: {
            spec: {
              type: "object",
              properties: {
                parts: {
                  type: "array",
                  items: { type: "object" },
                  "x-kubernetes-patch-merge-key": "name",
                  "x-kubernetes-patch-strategy": "merge",
                },
              },
            },
          },
          "x-kubernetes-group-version-kind": [{ group: "example.com", kind: "Widget", version: "v1" }],
        },
      },
    };
    const plain = {
      "kustomization.yaml": `resources: [w.yaml]\npatches: [{patch: "${patch}"}]\n`,
      "w.yaml": widget,
    };
    const taught = {
      ...plain,
      "kustomization.yaml": `${plain["kustomization.yaml"]}openapi: {path: schema.json}\n`,
      "schema.json": JSON.stringify(schema),
    };
    const parts = async (files: typeof plain) =>
      valueAt((await render(files, { path: "." })).documents[0]?.object, "spec", "parts");
    const before = await parts(plain);
    expect(await parts(taught)).toHaveLength(2);
    expect(before).toHaveLength(1);
    expect(await parts(plain)).toEqual(before);
  });
});
