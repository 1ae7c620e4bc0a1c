import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { JSON_SCHEMA, load } from "js-yaml";
import { describe, expect, it } from "vitest";
import { assessHealth } from "../../../../src/domain/health/assess-health.ts";
import { isForeignKind } from "../../../../src/domain/health/foreign-kinds.ts";
import type { JsonObject } from "../../../../src/domain/json.ts";
import { type LiveManifest, liveManifestOf } from "../../../../src/domain/manifest.ts";

/**
 * Argo CD's own cases, where a copy lies beside the checkout: the words of its built-in scripts, case by case. They are
 * not ours to keep in the repository, so that what rests on them is skipped elsewhere.
 */
const CORPUS = join(import.meta.dirname, "../../../../../shared/corpora/health");

interface Case {
  readonly input: string;
  readonly file: string;
  readonly status: string;
  readonly message: string;
}

function casesOf(folder: string): readonly Case[] {
  const { tests } = load(readFileSync(join(folder, "health_test.yaml"), "utf8")) as {
    tests: { inputPath?: string; inputpath?: string; healthStatus: { status: string; message?: string } }[];
  };
  return tests.map(({ inputPath, inputpath, healthStatus }) => ({
    input: inputPath ?? inputpath ?? "",
    file: join(folder, inputPath ?? inputpath ?? ""),
    status: healthStatus.status,
    message: healthStatus.message ?? "",
  }));
}

function liveIn(file: string): LiveManifest {
  return liveManifestOf(load(readFileSync(file, "utf8"), { schema: JSON_SCHEMA }) as JsonObject);
}

/** Only the kind: a few of the files are YAML that Go reads and the specification does not allow. */
function kindIn(file: string): LiveManifest {
  const text = readFileSync(file, "utf8");
  const field = (name: string): string => new RegExp(`^${name}: *"?([^"\\s]+)`, "m").exec(text)?.[1] ?? "";
  return liveManifestOf({ apiVersion: field("apiVersion"), kind: field("kind") });
}

const COVERED = [
  "apiextensions.k8s.io/CustomResourceDefinition",
  "argoproj.io/Rollout",
  "policy/PodDisruptionBudget",
];

describe.skipIf(!existsSync(CORPUS))("Argo CD's health cases", () => {
  it.for(COVERED.flatMap((kind) => (existsSync(CORPUS) ? casesOf(join(CORPUS, kind)) : [])))(
    "agrees on $input",
    ({ file, status, message }) => {
      expect(assessHealth(liveIn(file))).toEqual({ status, message });
    },
  );

  it("calls every other kind Unknown, never healthy", () => {
    const others = globSync("*/*/health_test.yaml", { cwd: CORPUS })
      .map(dirname)
      .filter((kind) => !COVERED.includes(kind))
      .flatMap((kind) => casesOf(join(CORPUS, kind)))
      .map(({ file }) => kindIn(file));
    expect(others.length).toBeGreaterThan(300);
    expect(others.filter(({ key }) => !isForeignKind(key)).map(({ key }) => key)).toEqual([]);
    expect(new Set(others.map((live) => assessHealth(live)?.status))).toEqual(new Set(["Unknown"]));
  });
});
