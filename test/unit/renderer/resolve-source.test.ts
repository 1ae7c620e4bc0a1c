import { describe, expect, it } from "vitest";
import type { ApplicationSource, HelmSource } from "../../../src/domain/application.ts";
import { DEFAULT_SETTINGS, type RenderSettings } from "../../../src/domain/control-plane-settings.ts";
import { parseJson } from "../../../src/domain/json.ts";
import type { RenderOrder } from "../../../src/domain/renderer-protocol.ts";
import { RenderFailed } from "../../../src/renderer/failure.ts";
import { DEFAULT_LIMITS } from "../../../src/renderer/limits.ts";
import { createRenderTree } from "../../../src/renderer/render-tree.ts";
import { type ResolvedSource, resolveSource } from "../../../src/renderer/resolve-source.ts";
import type { Files } from "../../support/git-objects.ts";
import { storeOf } from "../../support/render-tree.ts";

/** Resolves a source over a tree. JSON stands in for YAML here; the integration tests have the real reader. */
function resolve(
  files: Files,
  source: Partial<ApplicationSource>,
  refs: readonly string[] = [],
  settings: Partial<RenderSettings> = {},
): ResolvedSource {
  const { store, tree: root } = storeOf(files);
  const order: RenderOrder = {
    trust: "synced",
    mounts: ["", ...refs].map((name) => ({ name, repository: "r", tree: root })),
    source: {
      repoURL: "https://git.example/r",
      path: "app",
      chart: "",
      targetRevision: "v1",
      ref: "",
      name: "",
      ...source,
    },
    environment: {
      applicationName: "web",
      instanceName: "argocd_web",
      projectName: "shop",
      namespace: "front",
      revision: "0123456789ab",
    },
    capabilities: { kubeVersion: "1.36.3", apiVersions: ["v1"] },
    settings: { ...DEFAULT_SETTINGS, ...settings },
    seed: "",
    clockMs: 0,
    text: "none",
  };
  const tree = createRenderTree({ mounts: order.mounts, store, limits: DEFAULT_LIMITS, sourcePath: "app" });
  return resolveSource(order, tree, parseJson);
}

function problemOf(...parameters: Parameters<typeof resolve>): string {
  try {
    resolve(...parameters);
  } catch (error) {
    if (error instanceof RenderFailed)
      return `${error.failure.reason}: ${Object.values(error.failure.facts).join(" ")}`;
    throw error;
  }
  return "nothing";
}

describe("the tool", () => {
  it.for<[what: string, names: readonly string[], source: Partial<ApplicationSource>, tool: string]>([
    ["a chart", ["Chart.yaml"], {}, "Helm"],
    ["a file that ends so", ["MyChart.yaml"], {}, "Helm"],
    ["a kustomization", ["kustomization.yaml"], {}, "Kustomize"],
    ["a kustomization of another name", ["Kustomization"], {}, "Kustomize"],
    ["both", ["Chart.yaml", "kustomization.yml"], {}, "Kustomize"],
    ["neither", ["a.yaml"], {}, "Directory"],
    ["a chart further down", ["sub/Chart.yaml"], {}, "Directory"],
    ["a chart, said to be a folder", ["Chart.yaml"], { directory: { recurse: true } }, "Directory"],
    ["plain files, said to be a chart", ["a.yaml"], { helm: { releaseName: "r" } }, "Helm"],
    ["an override that names one", [".argocd-source.yaml"], {}, "Kustomize"],
  ])("of %s is found", ([, names, source, tool]) => {
    const app = Object.fromEntries(names.map((name) => [name, '{"kustomize": {"namePrefix": "a-"}}']));
    expect(resolve({ app }, source).tool).toBe(tool);
  });

  it("cannot be two", () => {
    expect(problemOf({ "app/a": "" }, { helm: { skipCrds: true }, kustomize: { namePrefix: "a" } })).toMatch(
      /more than one tool: Kustomize, Helm/,
    );
  });
});

describe("overrides in the repository", () => {
  const app = (shared: string, own = "{}") => ({
    app: {
      "Chart.yaml": "",
      ".argocd-source.yaml": shared,
      ".argocd-source-argocd_web.yaml": own,
      ".argocd-source-web.yaml": '{"helm": {"releaseName": "never"}}',
    },
  });

  it("are merged in order, arrays replaced and nulls removed", () => {
    const files = app(
      '{"helm": {"releaseName": "shared", "parameters": [{"name": "a", "value": "1"}]}}',
      '{"helm": {"parameters": [{"name": "b", "value": "2"}], "skipCrds": null}}',
    );
    const { request } = resolve(files, {
      helm: { skipCrds: true, parameters: [{ name: "z", value: "0", forceString: false }] },
    });
    expect(request.helm).toMatchObject({ releaseName: "shared", set: ["b=2"], skipCrds: false });
  });

  it("cannot move the source elsewhere", () => {
    expect(resolve(app('{"path": "/", "repoURL": "x", "chart": "c"}'), {}).request.helm?.chart).toBe(
      "/0/app",
    );
  });

  it.for<[what: string, override: string, words: RegExp]>([
    ["a wrong type", '{"helm": {"valueFiles": "a"}}', /helm\.valueFiles/],
    ["an unknown field", '{"helm": {"postRenderer": "x"}}', /helm\.postRenderer/],
    ["a plugin", '{"plugin": {"name": "x"}}', /plugins are not run/],
    ["a list", "[]", /not an object/],
    ["nonsense", "{", /cannot be read/],
    ["Jsonnet", '{"directory": {"jsonnet": {"tlas": [{"name": "a"}]}}}', /directory\.jsonnet/],
  ])("T075 are refused with %s", ([, override, words]) => {
    expect(problemOf(app(override), {})).toMatch(words);
  });
});

describe("Helm", () => {
  const files: Files = {
    app: { "Chart.yaml": "", "a.yaml": "", "b.yaml": "", "sub/c.yaml": "", "sub/deep/d.yaml": "" },
    "root.yaml": "",
    "env/prod.yaml": "",
    "env/web.yaml": "",
  };
  const valueFiles = (list: readonly string[], more: object = {}, refs: readonly string[] = []) =>
    resolve(files, { helm: { valueFiles: list, ...more } }, refs).request.helm?.valueFiles;

  it.for<[list: readonly string[], found: readonly string[]]>([
    [["a.yaml"], ["/0/app/a.yaml"]],
    [["./sub/../a.yaml"], ["/0/app/a.yaml"]],
    [["../root.yaml"], ["/0/root.yaml"]],
    [["/env/prod.yaml"], ["/0/env/prod.yaml"]],
    [["$values/env/prod.yaml"], ["/1/env/prod.yaml"]],
    [["/env/${ARGOCD_APP_PROJECT_NAME}.yaml", "a.yaml"], ["/0/app/a.yaml"]],
    [["*.yaml"], ["/0/app/Chart.yaml", "/0/app/a.yaml", "/0/app/b.yaml"]],
    [
      ["b.yaml", "[ab].yaml"],
      ["/0/app/b.yaml", "/0/app/a.yaml"],
    ],
    [
      ["[ab].yaml", "a.yaml"],
      ["/0/app/b.yaml", "/0/app/a.yaml"],
    ],
    [["sub/**/*.yaml"], ["/0/app/sub/c.yaml", "/0/app/sub/deep/d.yaml"]],
    [["$values/env/*.yaml"], ["/1/env/prod.yaml", "/1/env/web.yaml"]],
    [["a.yaml", "a.yaml"], ["/0/app/a.yaml"]],
  ])("reads the value files %j as %j", ([list, found]) => {
    expect(valueFiles(list, { ignoreMissingValueFiles: true }, ["values"])).toEqual(found);
  });

  it("T063 does not leave the repository, nor pass over what is missing unasked", () => {
    const problem = (file: string, refs: readonly string[] = ["values"]) =>
      problemOf(files, { helm: { valueFiles: [file] } }, refs);
    expect(problem("none.yaml")).toMatch(/PathMissing/);
    expect(problem("*.none")).toMatch(/PathMissing/);
    expect(problem("../../x")).toMatch(/leaves the repository/);
    expect(problem("$values/../x")).toMatch(/leaves the repository/);
    expect(problem("$unknown/x")).toMatch(/no source has that ref/);
    expect(problem("https://values.example/x")).toMatch(/fetched from a URL/);
    expect(problem("S3://values/x")).toMatch(/`s3`, which `helm.valuesFileSchemes` does not allow/);
    const s3 = { helm: { valueFiles: ["s3://values/x"] } };
    expect(problemOf(files, s3, [], { helmValuesFileSchemes: ["s3"] })).toMatch(/fetched from a URL/);
    expect(problem("$unknown/root.yaml", [])).toBe("nothing");
  });

  it("takes what the source does not say from the Application and the cluster", () => {
    expect(resolve(files, {}).request.helm).toMatchObject({
      releaseName: "web",
      namespace: "front",
      kubeVersion: "1.36.3",
      apiVersions: ["v1"],
    });
    const helm = { releaseName: "r", namespace: "n", kubeVersion: "1.30.0", apiVersions: ["a/v1"] };
    expect(resolve(files, { helm }).request.helm).toMatchObject(helm);
  });

  it.for([
    ["v1.27.3-eks-1", "1.27.3"],
    ["1.30", "1.30.0"],
    ["1.31.2+k3s1", "1.31.2"],
    ["newest", "newest"],
  ] as const)("says to templates of a cluster of %s that it is %s", ([stated, told]) => {
    expect(resolve(files, { helm: { kubeVersion: stated } }).request.helm?.kubeVersion).toBe(told);
  });

  it.for<[helm: HelmSource, values: string]>([
    [{ values: "a: 1" }, "a: 1"],
    [{ values: "a: 1", valuesObject: { a: 2 } }, '{"a":2}'],
    [{ values: "a: 1", valuesObject: {} }, "{}"],
  ])("has of %j one set of values", ([helm, values]) => {
    expect(resolve(files, { helm }).request.helm?.values).toBe(values);
  });

  it("substitutes in values of parameters only, and keeps a repeated one's last value", () => {
    const parameters = [
      { name: "a", value: "1", forceString: false },
      { name: "s", value: "$ARGOCD_APP_NAMESPACE", forceString: true },
      { name: "a", value: "$ARGOCD_APP_NAME,x", forceString: false },
    ];
    const { helm } = resolve(files, { helm: { parameters, values: "v: $ARGOCD_APP_NAME" } }).request;
    expect(helm).toMatchObject({
      set: ["a=argocd_web\\,x"],
      setString: ["s=front"],
      values: "v: $ARGOCD_APP_NAME",
    });
  });
});

it("says whether the commit was substituted, in an override too", () => {
  const used = (value: string, files: Files = { app: { "Chart.yaml": "" } }) =>
    resolve(files, { helm: { parameters: [{ name: "a", value, forceString: false }] } }).usesRevision;
  expect(
    ["$ARGOCD_APP_NAME", "$ARGOCD_APP_REVISION_SHORT", "${ARGOCD_APP_SOURCE_TARGET_REVISION}"].map((value) =>
      used(value),
    ),
  ).toEqual([false, true, true]);
  const override = '{"helm": {"parameters": [{"name": "a", "value": "$ARGOCD_APP_REVISION"}]}}';
  expect(used("1", { app: { "Chart.yaml": "", ".argocd-source.yaml": override } })).toBe(true);
});

describe("Kustomize", () => {
  it("is edited in Argo CD's order", () => {
    const { kustomize } = resolve(
      { "app/kustomization.yaml": "", "parts/one/kustomization.yaml": "" },
      {
        kustomize: {
          namespace: "n",
          namePrefix: "-p",
          nameSuffix: "s",
          images: ["a=b:$ARGOCD_APP_REVISION_SHORT_8"],
          replicas: [{ name: "web", count: 2 }],
          commonLabels: { l: "$ARGOCD_APP_NAME" },
          forceCommonLabels: true,
          labelWithoutSelector: true,
          labelIncludeTemplates: true,
          commonAnnotations: { a: "$ARGOCD_APP_NAME" },
          commonAnnotationsEnvsubst: true,
          components: ["../parts/one", "../parts/two"],
          ignoreMissingComponents: true,
        },
      },
    ).request;
    expect(kustomize).toEqual({
      path: "/0/app",
      edits: [
        ["set", "nameprefix", "--", "-p"],
        ["set", "namesuffix", "--", "s"],
        ["set", "image", "a=b:01234567"],
        ["set", "replicas", "web=2"],
        ["add", "label", "--force", "--without-selector", "--include-templates", "l:argocd_web"],
        ["add", "annotation", "a:argocd_web"],
        ["set", "namespace", "--", "n"],
      ],
      patches: [],
      components: ["../parts/one"],
      unrestricted: false,
      reorder: "",
      managedByLabel: false,
    });
  });

  it("is built with the operator's options", () => {
    const options =
      "--enable-helm --reorder=none --load-restrictor LoadRestrictionsNone --enable-managedby-label";
    const { kustomize } = resolve({ "app/kustomization.yaml": "" }, {}, [], {
      kustomizeBuildOptions: options,
    }).request;
    expect(kustomize).toMatchObject({ unrestricted: true, reorder: "none", managedByLabel: true });
  });

  it.for(["1.5", "many", "-1", ""])("does not take %j for a number of replicas", (count) => {
    expect(
      problemOf({ "app/kustomization.yaml": "" }, { kustomize: { replicas: [{ name: "web", count }] } }),
    ).toMatch(/not a whole number/);
  });
});
