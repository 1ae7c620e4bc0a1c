import { describe, expect, it } from "vitest";

import { parseApplication } from "../../../src/config/application-manifest.ts";
import { applicationYaml, brief, DESTINATION, manifest } from "../../support/definitions.ts";

const REPO = "repoURL: https://github.com/acme/shop, path: web";

function parse(source: string) {
  return parseApplication(manifest(applicationYaml(`${source}\n${DESTINATION}`)));
}

describe("readSources", () => {
  it("prefers sources over source, and says so", () => {
    const { application, problems } = parse(`source: {${REPO}}\nsources: [{${REPO}, ref: a}]`);
    expect(application).toMatchObject({ isMultiSource: true, sources: [{ ref: "a" }] });
    expect(brief(problems)).toEqual(["warning spec.source is not honoured yet"]);
  });

  it("takes empty sources for none", () => {
    expect(parse(`source: {${REPO}}\nsources: []`).application).toMatchObject({
      isMultiSource: false,
      sources: [{ path: "web" }],
    });
  });

  it("takes a source that only lends its files, among several", () => {
    const { application, problems } = parse(
      `sources: [{${REPO}, helm: {valueFiles: [$values/a.yaml]}}, {repoURL: git@github.com:acme/values.git, ref: values, targetRevision: v1}]`,
    );
    expect(problems).toEqual([]);
    expect(application?.sources[1]).toEqual({
      repoURL: "git@github.com:acme/values.git",
      path: "",
      chart: "",
      targetRevision: "v1",
      ref: "values",
      name: "",
    });
  });

  it.for([
    ["source: {path: web}", "error spec.source.repoURL is missing"],
    [
      "source: {repoURL: https://github.com/a/b}",
      "error spec.source names nothing to render: it needs `path`",
    ],
    [
      "source: {repoURL: https://github.com/a/b, ref: x}",
      "error spec.source names nothing to render: it needs `path`",
    ],
    [
      "sources: [{repoURL: https://github.com/a/b}]",
      "error spec.sources[0] names nothing to render: it needs `path` or `ref`",
    ],
    [
      "source: {repoURL: https://github.com/a/b, path: /etc}",
      "error spec.source.path is absolute: it must be relative to the repository",
    ],
    [
      "source: {repoURL: https://github.com/a/b, path: a/../../b}",
      "error spec.source.path leaves the repository by `..`",
    ],
    [`sources: [{${REPO}, ref: a b}]`, "error spec.sources[0].ref is not letters, digits, `-` and `_`"],
    [
      `sources: [{${REPO}, ref: a}, {${REPO}, ref: a}]`,
      "error spec.sources[1].ref is the same as another source's",
    ],
    [
      `sources: [{${REPO}, name: a}, {${REPO}, name: a}]`,
      "error spec.sources[1].name is the same as another source's",
    ],
    [
      `source: {${REPO}, helm: {skipCrds: true}, kustomize: {namePrefix: a}}`,
      "error spec.source has blocks for more than one tool: helm, kustomize",
    ],
    [`source: {${REPO}, helm: {version: v2}}`, "error spec.source.helm.version is neither `v3` nor `v4`"],
    [
      `source: {${REPO}, helm: {parameters: [{value: a}]}}`,
      "error spec.source.helm.parameters[0].name is missing",
    ],
    [
      `source: {${REPO}, helm: {parameters: [{name: a, value: 1}]}}`,
      "error spec.source.helm.parameters[0].value is not a text, but a number",
    ],
    [
      `source: {${REPO}, helm: {values: {a: 1}}}`,
      "error spec.source.helm.values is not a text, but an object",
    ],
    [
      `source: {${REPO}, kustomize: {images: nginx}}`,
      "error spec.source.kustomize.images is not a list of texts, but a text",
    ],
    [
      `source: {${REPO}, kustomize: {replicas: [{name: a, count: x}]}}`,
      "error spec.source.kustomize.replicas[0].count is not a number of replicas",
    ],
  ] as const)("refuses `%s`", ([source, said]) => {
    const { application, problems } = parse(source);
    expect(application).toBeUndefined();
    expect(brief(problems)).toEqual([said]);
  });

  it.for([
    "ext::sh -c x",
    "fd::17",
    "--upload-pack=x",
    "ssh://-oProxyCommand=x/",
    "file:///etc",
    "/etc",
    "git://github.com/a/b",
    "https://github.com/a/b\\nx",
    "https://user:password@github.com/a/b",
    "https://github.com/a/../b",
    "https://github.com/a%2f..%2fb",
  ])("T077 T163 T177 refuses the repository %s before Git sees it, without repeating it", (url) => {
    const { application, problems } = parse(`source: {repoURL: "${url}", path: web}`);
    expect(application).toBeUndefined();
    expect(problems).toMatchObject([{ field: "spec.source.repoURL", reason: "FieldInvalid" }]);
    expect(JSON.stringify(problems)).not.toContain("password@");
  });

  it("lets the terminal name a local repository", () => {
    const document = manifest(
      applicationYaml(`source: {repoURL: "file:///srv/shop", path: web}\n${DESTINATION}`),
    );
    expect(parseApplication(document).application).toBeUndefined();
    const protocols = ["https", "file"] as const;
    expect(parseApplication({ ...document, protocols }).application?.name).toBe("web");
  });

  it("reads a chart's version, which it must have", () => {
    expect(brief(parse("source: {repoURL: charts.example/x, chart: web}").problems)).toEqual([
      "error spec.source.targetRevision is missing: a chart needs a version",
      "error spec.source.chart A chart of a Helm repository cannot be rendered yet ()",
    ]);
  });
});

it("refuses an OCI artifact by name", () => {
  expect(
    brief(parse("source: {repoURL: oci://registry.example/a, path: ., targetRevision: 1.0.0}").problems),
  ).toEqual(["error spec.source.repoURL An OCI artifact cannot be rendered yet ()"]);
});

describe("tool blocks", () => {
  function tools(block: string) {
    const { application } = parse(`source: {${REPO}, ${block}}`);
    const { helm, kustomize, directory } = application?.sources[0] ?? {};
    return { helm, kustomize, directory };
  }
  const none = { helm: undefined, kustomize: undefined, directory: undefined };

  it.for([
    "helm: {}",
    "helm: {valueFiles: [], skipCrds: false, releaseName: '', parameters: []}",
    "kustomize: {}",
    "kustomize: {commonLabels: {}, forceCommonLabels: false}",
    "directory: {}",
    "directory: {recurse: false, jsonnet: {}}",
    "helm: {}, kustomize: {}, directory: {}",
  ])("removes `%s`, in which all is zero", (block) => {
    expect(tools(block)).toEqual(none);
  });

  it("reads every field of helm", () => {
    const block = [
      "helm: {releaseName: r, valueFiles: [a.yaml], values: 'a: 1', valuesObject: {b: [1, true]},",
      "parameters: [{name: p, value: '1', forceString: true}, {name: q}], fileParameters: [{name: f, path: g}],",
      "ignoreMissingValueFiles: true, skipCrds: true, skipTests: true, skipSchemaValidation: true,",
      "namespace: ns, kubeVersion: '1.30', apiVersions: [v1]}",
    ].join(" ");
    expect(tools(block)).toEqual({
      ...none,
      helm: {
        releaseName: "r",
        valueFiles: ["a.yaml"],
        values: "a: 1",
        valuesObject: { b: [1, true] },
        parameters: [
          { name: "p", value: "1", forceString: true },
          { name: "q", value: "", forceString: false },
        ],
        fileParameters: [{ name: "f", path: "g" }],
        ignoreMissingValueFiles: true,
        skipCrds: true,
        skipTests: true,
        skipSchemaValidation: true,
        namespace: "ns",
        kubeVersion: "1.30",
        apiVersions: ["v1"],
      },
    });
  });

  it("keeps an empty valuesObject, which hides values", () => {
    expect(tools("helm: {valuesObject: {}, values: 'a: 1'}").helm).toEqual({
      valuesObject: {},
      values: "a: 1",
    });
    expect(tools("helm: {valuesObject: {}}").helm).toEqual({ valuesObject: {} });
  });

  it("reads every field of kustomize", () => {
    const block = [
      "kustomize: {namePrefix: a-, nameSuffix: -b, images: ['x=y:1'], replicas: [{name: w, count: 2}, {name: v, count: '3'}],",
      "commonLabels: {a: b}, commonAnnotations: {c: d}, forceCommonLabels: true, forceCommonAnnotations: true,",
      "commonAnnotationsEnvsubst: true, labelWithoutSelector: true, labelIncludeTemplates: true, namespace: ns,",
      "patches: [{path: p.yaml, target: {kind: A}}], components: [c], ignoreMissingComponents: true,",
      "kubeVersion: '1.30', apiVersions: [v1]}",
    ].join(" ");
    expect(tools(block).kustomize).toEqual({
      namePrefix: "a-",
      nameSuffix: "-b",
      images: ["x=y:1"],
      replicas: [
        { name: "w", count: 2 },
        { name: "v", count: "3" },
      ],
      commonLabels: { a: "b" },
      commonAnnotations: { c: "d" },
      forceCommonLabels: true,
      forceCommonAnnotations: true,
      commonAnnotationsEnvsubst: true,
      labelWithoutSelector: true,
      labelIncludeTemplates: true,
      namespace: "ns",
      patches: [{ path: "p.yaml", target: { kind: "A" } }],
      components: ["c"],
      ignoreMissingComponents: true,
      kubeVersion: "1.30",
      apiVersions: ["v1"],
    });
  });

  it.for([
    ["directory: {recurse: true}", { recurse: true }],
    ["directory: {include: '*.yaml'}", { include: "*.yaml" }],
    ["directory: {exclude: x, disableExtensionFilter: true}", { exclude: "x", disableExtensionFilter: true }],
  ] as const)("reads `%s`", ([block, directory]) => {
    expect(tools(block)).toEqual({ ...none, directory });
  });

  it.for([
    ["helm: {version: v3, skipCrds: true}", "warnings", "spec.source.helm.version"],
    ["helm: {passCredentials: true}", "warnings", "spec.source.helm.passCredentials"],
    ["kustomize: {version: v4.5.7}", "previewOnly", "spec.source.kustomize.version"],
  ] as const)("names `%s` among its %s", ([block, list, field]) => {
    expect(parse(`source: {${REPO}, ${block}}`).application?.[list]).toMatchObject([{ field }]);
  });
});
