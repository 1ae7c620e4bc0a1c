import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { ApplicationSource, HelmSource } from "../../src/domain/application.ts";
import { OperationError } from "../../src/errors/operation-error.ts";
import type { Renderer, RenderResult } from "../../src/ports/renderer.ts";
import { renderRequest } from "./render-request.ts";
import type { Tools } from "./tools.ts";

/** One render to be compared, of a path below the root that the tree was made from. */
export interface Comparison {
  readonly root: string;
  readonly path: string;
  readonly tool: "helm" | "kustomize";
  /** What is set beside the defaults, for Helm: said once, and put to both sides. */
  readonly helm?: HelmSource;
  readonly name: string;
}

export type Verdict =
  | { readonly kind: "same" }
  /** Neither makes anything of it; each says why, and nobody but a person can tell whether it is the same reason. */
  | { readonly kind: "both fail"; readonly theirs: string; readonly ours: string }
  /** The program renders it; ours does not render such sources, by name, or renders them with Argo CD's overrides. */
  | { readonly kind: "refused"; readonly reason: string }
  /** The clock or randomness was asked for: two renders differ by design. */
  | { readonly kind: "not comparable" }
  | { readonly kind: "differs"; readonly detail: string };

export interface ComparisonWorld {
  readonly tools: Tools;
  readonly renderer: Renderer;
  /** Tree of the root folder, in the renderer's objects. */
  readonly tree: string;
}

const run = promisify(execFile);
const OUTPUT_BYTES_MAX = 256 * 1024 * 1024;
const RELEASE = "web";
const NAMESPACE = "shop";

/** Every chart and kustomization below a folder, with the variations that are tried on each. */
export function findComparisons(root: string): readonly Comparison[] {
  return foldersOf(root, "").flatMap((path) => {
    const names = readdirSync(join(root, path));
    const isChart = names.includes("Chart.yaml");
    const isBase = names.some((name) => /^(kustomization\.ya?ml|Kustomization)$/.test(name));
    return [
      ...(isChart ? chartVariations(names).map((helm) => comparisonOf(root, path, helm)) : []),
      ...(isBase ? [{ root, path, tool: "kustomize" as const, name: path }] : []),
    ];
  });
}

function comparisonOf(root: string, path: string, helm: HelmSource): Comparison {
  const settings = Object.keys(helm).length === 0 ? "" : ` ${JSON.stringify(helm)}`;
  return { root, path, tool: "helm", helm, name: `${path}${settings}` };
}

function chartVariations(names: readonly string[]): readonly HelmSource[] {
  const valueFiles = names.filter((name) => /^values[-.].+\.ya?ml$/.test(name));
  return [
    {},
    {
      kubeVersion: "1.29.3",
      apiVersions: ["monitoring.coreos.com/v1", "monitoring.coreos.com/v1/ServiceMonitor"],
    },
    { releaseName: "another-release", namespace: "elsewhere", skipCrds: true, skipTests: true },
    {
      skipSchemaValidation: true,
      parameters: [
        { name: "replicaCount", value: "3", forceString: false },
        { name: "nameOverride", value: "a,b", forceString: true },
      ],
    },
    ...valueFiles.map((file) => ({ valueFiles: [file] })),
  ];
}

function foldersOf(root: string, path: string): readonly string[] {
  const inner = readdirSync(join(root, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && ![".git", "node_modules"].includes(entry.name))
    .flatMap((entry) => foldersOf(root, join(path, entry.name)));
  return [path === "" ? "." : path, ...inner];
}

/** Renders both ways and holds one to the other, byte for byte. */
export async function compare(world: ComparisonWorld, comparison: Comparison): Promise<Verdict> {
  const overrides = [".argocd-source.yaml", `.argocd-source-${RELEASE}.yaml`].find((name) =>
    existsSync(join(comparison.root, comparison.path, name)),
  );
  if (overrides !== undefined)
    return { kind: "refused", reason: `\`${overrides}\` changes it here, and means nothing to the program` };
  const [theirs, ours] = await Promise.all([runTool(world.tools, comparison), runOurs(world, comparison)]);
  if (ours instanceof OperationError) {
    if (theirs.kind === "failed") return { kind: "both fail", theirs: theirs.message, ours: ours.remedy };
    if (ours.reason === "SourceRefused") return { kind: "refused", reason: ours.remedy };
    return { kind: "differs", detail: `only ours fails, ${ours.message}: ${ours.remedy}` };
  }
  if (theirs.kind === "failed")
    return { kind: "differs", detail: `only the program fails: ${theirs.message}` };
  if (theirs.text === ours.text) return { kind: "same" };
  if (ours.askedForClock || ours.askedForRandomness) return { kind: "not comparable" };
  return { kind: "differs", detail: firstDifference(theirs.text, ours.text ?? "") };
}

type ToolOutcome =
  | { readonly kind: "made"; readonly text: string }
  | { readonly kind: "failed"; readonly message: string };

async function runTool(tools: Tools, comparison: Comparison): Promise<ToolOutcome> {
  const home = mkdtempSync(join(tmpdir(), "plumbline-conformance-"));
  const [program, arguments_] =
    comparison.tool === "helm"
      ? [tools.helm, helmArguments(comparison.helm ?? {})]
      : [tools.kubectl, ["kustomize", "."]];
  try {
    const { stdout } = await run(program, arguments_, {
      cwd: join(comparison.root, comparison.path),
      // They end before their garbage is worth collecting.
      env: { HOME: home, TMPDIR: home, GOGC: "off" },
      maxBuffer: OUTPUT_BYTES_MAX,
    });
    return { kind: "made", text: stdout };
  } catch (error) {
    return { kind: "failed", message: error instanceof Error ? error.message : String(error) };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function helmArguments(helm: HelmSource): string[] {
  const sets = (helm.parameters ?? []).flatMap(({ name, value, forceString }) => [
    forceString ? "--set-string" : "--set",
    `${name}=${/^{.*}$/.test(value) ? value : value.replaceAll(",", "\\,")}`,
  ]);
  return [
    "template",
    ".",
    "--name-template",
    helm.releaseName ?? RELEASE,
    "--namespace",
    helm.namespace ?? NAMESPACE,
    ...(helm.kubeVersion === undefined ? [] : ["--kube-version", helm.kubeVersion]),
    ...(helm.apiVersions ?? []).flatMap((version) => ["--api-versions", version]),
    ...(helm.valueFiles ?? []).flatMap((file) => ["--values", file]),
    ...sets,
    ...(helm.skipCrds === true ? [] : ["--include-crds"]),
    ...(helm.skipTests === true ? ["--skip-tests"] : []),
    ...(helm.skipSchemaValidation === true ? ["--skip-schema-validation"] : []),
  ];
}

async function runOurs(
  { renderer, tree }: ComparisonWorld,
  comparison: Comparison,
): Promise<RenderResult | OperationError> {
  const { path, tool, helm } = comparison;
  const block: Pick<ApplicationSource, "helm" | "kustomize"> =
    tool === "helm" ? { helm: helm ?? {} } : { kustomize: {} };
  try {
    return await renderer.render(renderRequest(tree, { path, ...block }, { text: "only" }));
  } catch (error) {
    if (error instanceof OperationError) return error;
    throw error;
  }
}

function firstDifference(theirs: string, ours: string): string {
  const [a, b] = [theirs.split("\n"), ours.split("\n")];
  const at = a.findIndex((line, index) => line !== b[index]);
  const line = at === -1 ? a.length : at;
  const shown = (lines: readonly string[]) => lines.slice(Math.max(0, line - 3), line + 4).join("\n");
  return `from line ${line + 1}:\n--- the program\n${shown(a)}\n--- ours\n${shown(b)}`;
}
