import { statSync } from "node:fs";
import { resolve } from "node:path";
import { createRenderer } from "../../src/adapters/renderer/renderer.ts";
import { type ComparisonWorld, compare, findComparisons, type Verdict } from "../support/conformance.ts";
import { createGitObjects } from "../support/git-objects.ts";
import { fetchTools, missingToolsReason } from "../support/tools.ts";

/**
 * `npm run conformance:render -- DIR`: renders every chart and kustomization below DIR here and with the released
 * programs, and compares byte for byte. Links and bases may lead anywhere inside DIR, not out of it.
 *
 * What fails in both, and what is refused here by name, is listed and counted apart: it was not compared.
 *
 * Exit code 0: no difference. 1: a difference. 2: it could not be tried.
 */
const [folder] = process.argv.slice(2);
process.exitCode = await main(folder);

async function main(dir: string | undefined): Promise<number> {
  const reason = missingToolsReason();
  if (dir === undefined || !statSync(dir, { throwIfNoEntry: false })?.isDirectory() || reason !== undefined) {
    console.error(reason ?? "usage: npm run conformance:render -- DIR");
    return 2;
  }
  const root = resolve(dir);
  const comparisons = findComparisons(root);
  if (comparisons.length === 0) {
    console.error(`no chart and no kustomization below ${root}`);
    return 2;
  }
  const tools = await fetchTools();
  const objects = createGitObjects();
  const tree = objects.addFolder(root);
  const renderer = createRenderer({ objects });
  try {
    return await compareAll({ tools, renderer, tree }, comparisons);
  } finally {
    await renderer.close();
  }
}

async function compareAll(
  world: ComparisonWorld,
  comparisons: ReturnType<typeof findComparisons>,
): Promise<number> {
  const counts = new Map<Verdict["kind"], number>();
  for (const comparison of comparisons) {
    const verdict = await compare(world, comparison);
    counts.set(verdict.kind, (counts.get(verdict.kind) ?? 0) + 1);
    if (verdict.kind === "differs")
      console.log(`DIFFERS ${comparison.tool} ${comparison.name}\n${verdict.detail}\n`);
    if (verdict.kind === "refused")
      console.log(`refused ${comparison.tool} ${comparison.name}: ${verdict.reason}`);
    if (verdict.kind === "both fail") {
      console.log(`both fail ${comparison.tool} ${comparison.name}`);
      console.log(`  the program: ${verdict.theirs.trim().split("\n").slice(1, 3).join(" ")}`);
      console.log(`  ours: ${verdict.ours.replaceAll("```", "").trim().split("\n", 1).join(" ")}`);
    }
  }
  const count = (kind: Verdict["kind"]) => counts.get(kind) ?? 0;
  console.log(`compared: ${count("same")} same, ${count("differs")} differ`);
  console.log(
    `not compared: ${count("both fail")} fail in both, ${count("refused")} are refused here, ` +
      `${count("not comparable")} ask for the clock or for randomness`,
  );
  return counts.has("differs") ? 1 : 0;
}
