import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ApplicationStatus } from "../../../src/domain/application-status.ts";
import { createMask } from "../../../src/domain/displayable-manifest.ts";
import type { JsonObject } from "../../../src/domain/json.ts";
import { type Manifest, manifestOf } from "../../../src/domain/manifest.ts";
import { diffManifests, type ObjectDiff } from "../../../src/domain/manifest-diff.ts";
import type { ApplicationPreview, Preview } from "../../../src/domain/preview.ts";
import type { Problem } from "../../../src/domain/problem.ts";
import { createReports, type Reports } from "../../../src/report/reports.ts";
import { TEMPLATE_NAMES, type Templates } from "../../../src/report/templates.ts";

const FOLDER = join(import.meta.dirname, "../../../templates");

export function templates(): Templates {
  const entries = TEMPLATE_NAMES.map(
    (name) => [name, readFileSync(join(FOLDER, `${name}.md`), "utf8")] as const,
  );
  return Object.fromEntries(entries) as Templates;
}

const REPORTS = createReports(templates());

/** Compiled once: they hold no state. */
export function reports(): Reports {
  return REPORTS;
}

/** For tests of what must not take for ever: bounds that hold on a machine that does ten other things. */
export const PATIENCE = { timeout: 60_000 };

export function manifest(kind: string, name: string, fields: JsonObject = {}): Manifest {
  const [apiVersion = "v1", word = ""] = kind.includes(" ") ? kind.split(" ") : ["v1", kind];
  const metadata = { name, namespace: "shop" };
  return manifestOf({ apiVersion, kind: word, metadata, ...fields });
}

export function configMap(name: string, data: JsonObject): Manifest {
  return manifest("ConfigMap", name, { data });
}

export function diffs(before: readonly Manifest[], after: readonly Manifest[]): readonly ObjectDiff[] {
  const sides = createMask().sides({ before, after });
  return diffManifests(sides.before, sides.after);
}

export function application(name: string, changes: Partial<ApplicationPreview> = {}): ApplicationPreview {
  return {
    namespace: "argocd",
    name,
    project: "default",
    destination: "in-cluster/shop",
    definition: "kept",
    onRemoval: "orphan",
    because: [`charts/${name}/values.yaml`],
    effect: { kind: "ok", value: [] },
    digest: "0123456789abcdef".repeat(4),
    previewOnly: [],
    automated: false,
    warnings: [],
    ...changes,
  };
}

export function preview(
  applications: readonly ApplicationPreview[],
  changes: Partial<Preview> = {},
): Preview {
  return {
    base: { branch: "main", sha: "b".repeat(40) },
    headSha: "a".repeat(40),
    applications,
    applicationsConsidered: 12,
    warnings: [],
    ...changes,
  };
}

export function problem(title: string, remedy = "Push a fix. Nothing was changed."): Problem {
  return { reason: "ManifestRenderFailed", title, remedy, retryable: false };
}

/** What is wrong with the structure of Markdown: fences and folds that are not closed. Empty when nothing is. */
export function unbalanced(markdown: string): string {
  let fence = "";
  let folds = 0;
  for (const line of markdown.split("\n")) {
    const [, run = "", rest = ""] = /^(`{3,})(.*)$/.exec(line) ?? [];
    if (fence !== "") {
      if (run.length >= fence.length && rest.trim() === "") fence = "";
      continue;
    }
    if (run !== "" && !rest.includes("`")) {
      fence = run;
      continue;
    }
    const text = line.replaceAll(/(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)/g, "");
    folds += text.split("<details").length - text.split("</details>").length;
    if (folds < 0) return `</details> without <details> at: ${line}`;
  }
  if (fence !== "") return "a fence is open";
  return folds === 0 ? "" : `${folds} folds are open`;
}

export function status(name: string, changes: Partial<ApplicationStatus> = {}): ApplicationStatus {
  return {
    namespace: "argocd",
    name,
    destination: "in-cluster / shop",
    revisions: ["c".repeat(40)],
    sync: "Synced",
    health: { status: "Healthy", message: "" },
    outOfSync: [],
    outOfSyncCount: 0,
    isAutomated: false,
    waitsFor: "",
    inputKey: "",
    digest: "",
    observedAt: 0,
    ...changes,
  };
}
