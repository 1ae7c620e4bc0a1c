import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createRenderer, type ProcessRenderer } from "../../src/adapters/renderer/renderer.ts";
import { type Comparison, type ComparisonWorld, compare, findComparisons } from "../support/conformance.ts";
import { describeWhere } from "../support/facilities.ts";
import { createGitObjects } from "../support/git-objects.ts";
import { renderRequest } from "../support/render-request.ts";
import { fetchTools, missingToolsReason, type Tools } from "../support/tools.ts";
import { createVariations } from "../support/variations.ts";

/** Renders here against renders by the released programs: `npm run conformance:render` over our own fixtures. */
const FIXTURES = new URL("../fixtures/", import.meta.url).pathname;
const objects = createGitObjects();
let tools: Tools;
let renderer: ProcessRenderer;
let scratch: string;

beforeAll(async () => {
  if (missingToolsReason() !== undefined) return;
  tools = await fetchTools();
  renderer = createRenderer({ objects });
  scratch = mkdtempSync(join(tmpdir(), "plumbline-variations-"));
}, 300_000);

afterAll(async () => {
  await renderer?.close();
  if (scratch !== undefined) rmSync(scratch, { recursive: true });
});

function world(root: string): ComparisonWorld {
  return { tools, renderer, tree: objects.addFolder(root) };
}

/** What is not the same, by name; failures on both sides and refusals are listed apart. */
async function differences(root: string, comparisons: readonly Comparison[]): Promise<Summary> {
  const inWorld = world(root);
  const summary: Summary = { same: 0, differing: [], refused: [], failing: [] };
  for (const comparison of comparisons) {
    const verdict = await compare(inWorld, comparison);
    if (verdict.kind === "differs") summary.differing.push(`${comparison.name}: ${verdict.detail}`);
    if (verdict.kind === "refused") summary.refused.push(comparison.path);
    if (verdict.kind === "both fail") summary.failing.push(comparison.path);
    if (verdict.kind === "same") summary.same += 1;
  }
  return summary;
}

interface Summary {
  same: number;
  readonly differing: string[];
  readonly refused: string[];
  /** Paths that neither renders. */
  readonly failing: string[];
}

it("leave nothing behind: whatever was rendered before, the same comes out", {
  timeout: 600_000,
}, async () => {
  const alone = createRenderer({ objects, workers: 1, spares: 0, warmUp: false });
  const root = FIXTURES.replace(/\/$/, "");
  const comparisons = findComparisons(root);
  const tree = objects.addFolder(root);
  const render = async ({ path, helm }: Comparison) => {
    const source = helm === undefined ? { path, kustomize: {} } : { path, helm };
    const result = alone.render(renderRequest(tree, source, { text: "only" }));
    return result.then(({ text }) => text, String);
  };
  const first: (string | undefined)[] = [];
  for (const comparison of comparisons) first.push(await render(comparison));
  const second: (string | undefined)[] = [];
  for (const comparison of comparisons.toReversed()) second.unshift(await render(comparison));
  await alone.close();
  const changed = comparisons.filter((_, index) => first[index] !== second[index]);
  expect(changed.map(({ name }) => name)).toEqual([]);
});

describeWhere(missingToolsReason(), "renders are byte for byte those of", () => {
  it("helm template, over every fixture and its variations", { timeout: 600_000 }, async () => {
    const root = join(FIXTURES, "charts");
    const { same, differing, refused, failing } = await differences(root, findComparisons(root));
    expect({ differing, refused }).toEqual({ differing: [], refused: [] });
    // Nothing is called the same for failing on both sides, but what is meant to fail.
    expect(
      [...new Set(failing)].filter(
        (path) => !/^(failing|library|missing-dependency|schema|dependencies\/charts)/.test(path),
      ),
    ).toEqual([]);
    expect(same).toBeGreaterThan(30);
  });

  it("no program, where only Argo CD would read a file beside the sources", async () => {
    const root = join(scratch, "overridden");
    mkdirSync(root);
    writeFileSync(join(root, "kustomization.yaml"), "resources: [a.yaml]\n");
    writeFileSync(join(root, "a.yaml"), "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n");
    writeFileSync(join(root, ".argocd-source.yaml"), "kustomize: {namePrefix: my-}\n");
    expect(await differences(root, findComparisons(root))).toMatchObject({ differing: [], refused: ["."] });
  });

  it("kustomize build, over every fixture", { timeout: 600_000 }, async () => {
    const root = join(FIXTURES, "bases");
    const { same, differing, refused, failing } = await differences(root, findComparisons(root));
    expect({ differing, refused }).toEqual({ differing: [], refused: [] });
    const unmeant = failing.filter((path) => !path.startsWith("failing/"));
    expect(unmeant).toEqual(["component-one", "no-openapi", "replacements"]);
    expect(same).toBeGreaterThan(15);
  });

  it("both, over variations made by chance", { timeout: 600_000 }, async () => {
    const { charts, overlays } = createVariations(20);
    cpSync(join(FIXTURES, "charts", "everything"), join(scratch, "chart"), { recursive: true });
    cpSync(join(FIXTURES, "bases", "base"), join(scratch, "base"), { recursive: true });
    writeFileSync(join(scratch, "chart", "fast.yaml"), "derive: false\n");
    const comparisons: Comparison[] = [];
    for (const [index, { values, helm }] of charts.entries()) {
      writeFileSync(join(scratch, "chart", `made-${index}.yaml`), values);
      const settings = { ...helm, valueFiles: [`made-${index}.yaml`, "fast.yaml"] };
      comparisons.push({
        root: scratch,
        path: "chart",
        tool: "helm",
        helm: settings,
        name: `chart ${index} ${values}`,
      });
    }
    for (const [index, kustomization] of overlays.entries()) {
      const path = `overlay-${index}`;
      mkdirSync(join(scratch, path));
      writeFileSync(join(scratch, path, "kustomization.yaml"), kustomization);
      comparisons.push({ root: scratch, path, tool: "kustomize", name: kustomization });
    }
    const { same, differing } = await differences(scratch, comparisons);
    expect(differing).toEqual([]);
    expect(same).toBeGreaterThan(comparisons.length / 2);
  });
});
