import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Files } from "../support/git-objects.ts";
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

describe("programs, network and the world outside", () => {
  it.for<[what: string, kustomization: string]>([
    ["a remote base", "resources: ['https://git.example/base?ref=--upload-pack=x']"],
    ["a remote base by ssh", "resources: ['git@git.example:team/base.git']"],
    ["a remote component", "components: ['github.com/team/base']"],
    ["a remote file", "resources: [a.yaml]\npatches: [{path: 'https://git.example/p.yaml'}]"],
    ["charts", "helmCharts: [{name: a, repo: 'https://charts.example'}]"],
    ["Helm's folder", "helmGlobals: {configHome: /tmp}"],
  ])("T071 T072 T073 refuses %s of a kustomization", async ([, kustomization]) => {
    const failure = await failureOf(
      render({ "kustomization.yaml": kustomization, "a.yaml": configMap("a") }, { path: "." }),
    );
    expect(failure).toMatchObject({ reason: "SourceRefused" });
    expect(failure.remedy).toMatch(/Refused: /);
  });

  it.for<[what: string, functionAnnotation: string]>([
    ["exec", "exec: {path: ./run.sh}"],
    ["container", "container: {image: registry.example/fn}"],
    ["starlark", "starlark: {path: fn.star}"],
  ])("T074 refuses a function by %s", async ([, annotation]) => {
    const files = {
      "kustomization.yaml": "resources: [a.yaml]\ntransformers: [fn.yaml]",
      "a.yaml": configMap("a"),
      "fn.yaml": `apiVersion: example.com/v1\nkind: Fn\nmetadata: {name: f, annotations: {config.kubernetes.io/function: "${annotation}"}}\n`,
    };
    expect((await failureOf(render(files, { path: "." }))).reason).toBe("SourceRefused");
  });

  it("T074 refuses a legacy plugin", async () => {
    const files = {
      "kustomization.yaml": "generators: [g.yaml]",
      "g.yaml":
        "apiVersion: someteam.example.com/v1\nkind: ChartInflator\nmetadata: {name: c}\nchartName: minecraft\n",
    };
    expect((await failureOf(render(files, { path: "." }))).reason).toBe("SourceRefused");
  });

  it("T082 T085 T092 T107 shows templates no environment and no network", async () => {
    const template = (expression: string) => ({
      "Chart.yaml": CHART,
      "templates/a.yaml": `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: {{ ${expression} | quote }}}\n`,
    });
    for (const expression of ['env "HOME"', 'expandenv "$HOME"']) {
      const failure = await failureOf(render(template(expression), { path: "." }));
      expect(failure).toMatchObject({ reason: "TemplateError" });
      expect(failure.remedy).toMatch(/not defined/);
    }
    const { documents } = await render(template('getHostByName "canary.metadata.example"'), { path: "." });
    expect(documents[0]?.object["data"]).toEqual({ a: "" });
  });

  it("T085 refuses a values schema from elsewhere", async () => {
    const schema = JSON.stringify({
      properties: { a: { $ref: "https://user:password@schemas.example/a.json" } },
    });
    const files = {
      "Chart.yaml": CHART,
      "values.schema.json": schema,
      "values.yaml": "a: 1",
      "templates/a.yaml": TEMPLATE,
    };
    const failure = await failureOf(render(files, { path: "." }));
    expect(failure).toMatchObject({ reason: "SourceRefused" });
    expect(failure.remedy).toMatch(/schemas\.example/);
    expect(failure.remedy).not.toMatch(/password/);
  });

  it("T109 answers lookup with nothing", async () => {
    const template =
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: {{ lookup "v1" "Secret" "kube-system" "" | toJson | quote }}}\n';
    const { documents } = await render({ "Chart.yaml": CHART, "templates/a.yaml": template }, { path: "." });
    expect(documents[0]?.object["data"]).toEqual({ a: "{}" });
  });

  it("T111 gives the same bytes for the same seed, and says that randomness and the clock were asked for", async () => {
    const template =
      'apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {p: {{ randAlphaNum 24 }}, i: {{ randInt 0 1000000 | quote }}, s: {{ shuffle "abcdefghijklmnop" }}, u: {{ uuidv4 }}, when: {{ now | quote }}}\n';
    const files = { "Chart.yaml": CHART, "templates/a.yaml": template };
    const first = await render(files, { path: "." });
    await render({ "a.yaml": configMap("between") }, { path: "." });
    const second = await render(files, { path: "." });
    const other = await render(files, { path: "." }, { seed: "another seed" });
    expect(first).toMatchObject({ askedForRandomness: true, askedForClock: true });
    expect(second.documents).toEqual(first.documents);
    expect(other.documents[0]?.digest).not.toBe(first.documents[0]?.digest);
    const plain = await render({ "Chart.yaml": CHART, "templates/a.yaml": TEMPLATE }, { path: "." });
    expect(plain).toMatchObject({ askedForRandomness: false, askedForClock: false });
  });

  it("T111 makes the same certificate from the same seed", async () => {
    const template =
      '{{ $c := genSelfSignedCert "a" nil nil 365 }}apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {crt: {{ $c.Cert | quote }}, key: {{ $c.Key | quote }}}\n';
    const files = { "Chart.yaml": CHART, "templates/a.yaml": template };
    const [first, second] = [await render(files, { path: "." }), await render(files, { path: "." })];
    expect(second.documents[0]?.digest).toBe(first.documents[0]?.digest);
    expect(first).toMatchObject({ askedForRandomness: true, askedForClock: true });
  });
});

describe("failures", () => {
  it("tells a template's error with the path in the repository and without control characters", async () => {
    const files = {
      "app/Chart.yaml": CHART,
      "app/templates/a.yaml": '{{ fail "\\u001b[31mred\\u0007 stop" }}',
    };
    const failure = await failureOf(render(files, { path: "app" }));
    expect(failure).toMatchObject({ reason: "TemplateError", retryable: false });
    expect(failure.remedy).toMatch(/web\/templates\/a\.yaml.*red {1,2}stop/s);
    expect(failure.remedy).not.toMatch(/[\u001b\u0007]|\/0\//);
  });

  it.for<[what: string, files: Files, words: RegExp]>([
    ["a broken kustomization", { "kustomization.yaml": "resources: [\n" }, /yaml/i],
    ["a missing resource", { "kustomization.yaml": "resources: [gone.yaml]" }, /gone\.yaml/],
    [
      "a broken value",
      { "Chart.yaml": CHART, "values.yaml": "a: b: c", "templates/a.yaml": TEMPLATE },
      /values\.yaml/,
    ],
    ["a broken document", { "a.yaml": `${configMap("a")}---\na: b: c\n` }, /a\.yaml.*document 2/s],
    ["a broken manifest", { "a.yaml": "apiVersion: v1\nkind: [\nmetadata:\n" }, /a\.yaml/],
    ["an object without a kind", { "Chart.yaml": CHART, "templates/a.yaml": "apiVersion: v1\n" }, /no kind/],
    ["two JSON values", { "a.json": "{}{}" }, /a\.json/],
    [
      "a failing requirement",
      { "Chart.yaml": CHART, "templates/a.yaml": '{{ required "say which" .Values.x }}' },
      /say which/,
    ],
  ])("explains %s", async ([, files, words]) => {
    const failure = await failureOf(render(files, { path: "." }));
    expect(failure.reason).toBe("TemplateError");
    expect(failure.remedy).toMatch(words);
  });

  it("names dependencies that are not in the charts folder", async () => {
    const chart = `${CHART}dependencies: [{name: redis, version: 1.0.0}, {name: kafka, version: 1.0.0}]\n`;
    const failure = await failureOf(
      render({ "Chart.yaml": chart, "templates/a.yaml": TEMPLATE }, { path: "." }),
    );
    expect(failure).toMatchObject({ reason: "DependenciesMissing" });
    expect(failure.remedy).toMatch(/redis, kafka/);
  });

  it("T083 refuses Jsonnet by name instead of leaving it out", async () => {
    const failure = await failureOf(render({ "a.yaml": configMap("a"), "b.jsonnet": "{}" }, { path: "." }));
    expect(failure.remedy).toMatch(/b\.jsonnet/);
  });

  it("T098 ends a cycle of bases", async () => {
    const files = {
      "a/kustomization.yaml": "resources: [../b]",
      "b/kustomization.yaml": "resources: [../a]",
    };
    expect((await failureOf(render(files, { path: "a" }))).remedy).toMatch(/cycle/);
  });

  it("T096 ends a template that includes itself", async () => {
    const template = '{{ define "l" }}{{ include "l" . }}{{ end }}{{ include "l" . }}';
    const failure = await failureOf(
      render({ "Chart.yaml": CHART, "templates/a.yaml": template }, { path: "." }),
    );
    expect(failure.reason).toMatch(/TemplateError|RenderDepthLimit/);
  });

  it.for<[where: string, files: (bomb: string) => Files, source: Source]>([
    [
      "a manifest",
      (bomb) => ({ "a.yaml": `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n${bomb}` }),
      { path: "." },
    ],
    [
      "values",
      (bomb) => ({ "Chart.yaml": CHART, "values.yaml": bomb, "templates/a.yaml": TEMPLATE }),
      { path: "." },
    ],
    ["a kustomization", (bomb) => ({ "kustomization.yaml": bomb }), { path: "." }],
    ["an override", (bomb) => ({ ".argocd-source.yaml": bomb, "a.yaml": configMap("a") }), { path: "." }],
  ])("T093 stops a YAML bomb in %s", async ([, files, source]) => {
    const levels = "abcdefghi".split("");
    const bomb = levels
      .map(
        (name, index) =>
          `${name}: &${name} [${index === 0 ? Array(9).fill('"lol"') : Array(9).fill(`*${levels[index - 1]}`)}]`,
      )
      .join("\n");
    expect((await failureOf(render(files(bomb), source))).reason).toMatch(/TemplateError|SourceInvalid/);
  });

  it("goes on after a failure", async () => {
    expect(named(await render({ "a.yaml": configMap("still-here") }, { path: "." }))).toEqual([
      "ConfigMap still-here",
    ]);
  });
});
