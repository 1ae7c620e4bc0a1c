import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { JSON_SCHEMA, load } from "js-yaml";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applicationYaml, type CliPlace, createCliPlace } from "../support/cli.ts";

/**
 * Argo CD's own health cases, where a copy lies beside the checkout. They are not ours to keep in the repository, so that
 * what rests on them is skipped elsewhere.
 */
const CORPUS = join(import.meta.dirname, "../../../shared/corpora/health");

interface Row {
  readonly file: string;
  readonly kind: string;
  readonly name: string;
  readonly status: string;
  readonly message: string;
}

const POD = (name: string, phase: string) =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec: {restartPolicy: Always}\nstatus: {phase: ${phase}}\n`;

describe("plumbline health and validate, on files", () => {
  let place: CliPlace;
  beforeAll(async () => {
    place = await createCliPlace();
  });
  afterAll(() => place.remove());

  async function health(...argv: readonly string[]): Promise<{ code: number; rows: readonly Row[] }> {
    const { code, stdout } = await place.run("health", "-o", "json", ...argv);
    return { code, rows: JSON.parse(stdout) as Row[] };
  }

  it
    .skipIf(!existsSync(CORPUS))
    .for([
      "apiextensions.k8s.io/CustomResourceDefinition",
      "argoproj.io/Rollout",
      "policy/PodDisruptionBudget",
    ])("agrees with Argo CD on its cases of %s", async (kind) => {
    const folder = join(CORPUS, kind);
    const { tests } = load(readFileSync(join(folder, "health_test.yaml"), "utf8"), {
      schema: JSON_SCHEMA,
    }) as {
      readonly tests: readonly { inputPath: string; healthStatus: { status: string; message?: string } }[];
    };
    const files = tests.map(({ inputPath }) => join(folder, inputPath));
    const { rows } = await health(...files);
    expect(rows.map(({ status, message }) => ({ status, message }))).toEqual(
      tests.map(({ healthStatus: { status, message } }) => ({ status, message: message ?? "" })),
    );
  });

  it.skipIf(!existsSync(CORPUS))("calls no kind healthy whose check it does not have", async () => {
    const covered = /CustomResourceDefinition|argoproj\.io\/Rollout|PodDisruptionBudget/;
    const files = globSync("*/*/health_test.yaml", { cwd: CORPUS })
      .filter((file) => !covered.test(file))
      .flatMap((file) => globSync(join(CORPUS, dirname(file), "testdata", "*.yaml")));
    const { code, rows } = await health(...files);
    expect(rows.length).toBeGreaterThan(300);
    // What is being deleted is on its way, whatever its kind.
    expect([...new Set(rows.map(({ status }) => status))].sort()).toEqual(["Progressing", "Unknown"]);
    expect(code).not.toBe(0);
  });

  it("reads several documents and kubectl's Lists", async () => {
    const item = POD("b", "Failed").trimEnd().replaceAll("\n", "\n    ");
    await place.write({
      "pods.yaml": `${POD("a", "Running")}---\napiVersion: v1\nkind: List\nitems:\n  - ${item}\n`,
    });
    const { code, rows } = await health("pods.yaml");
    expect(code).toBe(1);
    expect(rows.map(({ name, status }) => [name, status])).toEqual([
      ["a", "Progressing"],
      ["b", "Degraded"],
    ]);
  });

  it("is in trouble with what is no Kubernetes object", async () => {
    await place.write({ "list.yaml": "- a\n- b\n", "broken.yaml": "kind: [\n" });
    for (const file of ["list.yaml", "broken.yaml", "nowhere.yaml"]) {
      const { code, stderr } = await place.run("health", file);
      expect(code).toBe(2);
      expect(stderr).toContain(`plumbline health: ${file}: `);
    }
  });

  it("names every problem of all files at once", async () => {
    await place.write({
      "good.yaml": applicationYaml(),
      "half.yaml": "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: half}\nspec: {}\n",
      "syntax.yaml": "kind: [\n",
    });
    expect(await place.run("validate", "good.yaml")).toMatchObject({
      code: 0,
      stdout: "1 file: no problems",
    });
    const { code, stdout } = await place.run("validate", "good.yaml", "half.yaml", "syntax.yaml");
    expect(code).toBe(1);
    expect(stdout).toMatch(/^half\.yaml:\d+: error: FieldInvalid: /m);
    expect(stdout).toMatch(/^syntax\.yaml:\d+: error: DefinitionSyntax: /m);
    expect(await place.run("validate", "nowhere.yaml")).toMatchObject({ code: 2, stdout: "" });
  });

  it("looks through folders for what speaks of Argo CD", async () => {
    await place.write({
      "shop/apps/deep/half.yml":
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: half}\nspec: {}\n",
      "shop/apps/good.yaml": applicationYaml(),
      "shop/apps/broken.yaml": "apiVersion: argoproj.io/v1alpha1\nkind: [\n",
      "shop/chart/templates/web.yaml": "kind: {{ .Values.kind }}\n  x\n",
      "shop/.github/plumbline.yml": "aplications: []\n",
      "shop/.git/x.yaml": "argoproj.io: [\n",
      "shop/chart/Chart.yaml": "apiVersion: v2\nname: apps\nversion: 0.1.0\n",
      "shop/chart/templates/app.yaml":
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nname: {{ .x }}\n",
      "shop/web/wave.yaml":
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, annotations: {argocd.argoproj.io/sync-wave: "1"}}\n' +
        "---\napiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: r}\n",
      "shop/apps/typo.yaml": "apiVersion: argoproj.io/v1alpha1\nkind: Aplication\nmetadata: {name: t}\n",
    });
    const { code, stdout } = await place.run("validate", "shop");
    const places = stdout.match(/^shop\S+(?=:\d)/gm);
    expect({ code, places: [...new Set(places)].sort() }).toEqual({
      code: 1,
      places: [
        "shop/.github/plumbline.yml",
        "shop/apps/broken.yaml",
        "shop/apps/deep/half.yml",
        "shop/apps/typo.yaml",
      ],
    });
    expect(stdout).toMatch(/\n6 files: \d+ errors, 1 warning$/);
    expect((await place.run("validate", "shop/web/wave.yaml")).stdout).toMatch(/0 errors, 2 warnings$/);
    expect(await place.run("validate", "shop/apps/good.yaml", "shop/chart")).toMatchObject({ code: 0 });
  });
});
