import { describe, expect, it } from "vitest";
import { createDiffCommand, type DiffAnswer, type DiffQuestion } from "../../../src/cli/diff.ts";
import type { ApplicationPreview, Preview } from "../../../src/domain/preview.ts";
import type { Problem } from "../../../src/domain/problem.ts";
import { type CliRun, runRecorded } from "../../support/recorded-output.ts";

const PROBLEM: Problem = {
  reason: "TemplateError",
  title: "Helm failed",
  remedy: "Mend it.",
  retryable: false,
};

const UNTOUCHED: ApplicationPreview = {
  namespace: "argocd",
  name: "web",
  project: "default",
  destination: "https://kube.test / shop",
  definition: "kept",
  onRemoval: "orphan",
  because: [],
  effect: { kind: "ok", value: [] },
  digest: "d",
  previewOnly: [],
  automated: false,
  warnings: [],
};

const CHANGED: ApplicationPreview = {
  ...UNTOUCHED,
  effect: {
    kind: "ok",
    value: [
      {
        key: { group: "", kind: "ConfigMap", namespace: "shop", name: "a" },
        change: "modified",
        before: {} as never,
        after: {} as never,
        fields: [],
      },
    ],
  },
};

const NOTHING_TO_DO = { tasks: [], guardDigest: "", rejected: [], untried: [] };

function preview(applications: readonly ApplicationPreview[], problem?: Problem): Preview {
  const sides = { base: { branch: "main", sha: "a" }, headSha: "b", applications, applicationsConsidered: 1 };
  return { ...sides, warnings: [], ...(problem === undefined ? {} : { problem }) };
}

interface Asked {
  readonly questions: DiffQuestion[];
  run(...argv: readonly string[]): Promise<CliRun>;
}

function diffing(shown: Preview, overrides: Partial<DiffAnswer> = {}): Asked {
  const questions: DiffQuestion[] = [];
  const command = createDiffCommand({
    diff: async (question) => {
      questions.push(question);
      const texts = { text: "TEXT", markdown: "MARKDOWN", json: "{}" };
      return { preview: shown, isBroken: false, warnings: [], ...texts, ...overrides };
    },
  });
  return { questions, run: (...argv) => runRecorded(["diff", ...argv], [command]) };
}

const REVISIONS = ["--base", "main", "--head", "feat"] as const;

describe("plumbline diff", () => {
  it("asks for what the command line says", async () => {
    const asked = diffing(preview([]));
    await asked.run("-f", "a.yaml", "-f", "b.yaml", "--repo", "dir", ...REVISIONS, "--live");
    expect(asked.questions).toEqual([
      {
        files: ["a.yaml", "b.yaml"],
        repositories: { directory: "dir", byUrl: [] },
        base: "main",
        head: "feat",
        live: { kubeconfig: "", context: "" },
      },
    ]);
  });

  it("asks the cluster that is named, and only with --live", async () => {
    const asked = diffing(preview([]));
    await asked.run(...REVISIONS, "--live", "--kubeconfig", "k", "--context", "prod");
    expect(asked.questions[0]?.live).toEqual({ kubeconfig: "k", context: "prod" });
    const { code, stderr } = await asked.run(...REVISIONS, "--context", "prod");
    expect({ code, asked: asked.questions.length }).toEqual({ code: 2, asked: 1 });
    expect(stderr).toContain("--context goes with --live");
  });

  it.for<[string, readonly string[]]>([
    ["--base is missing", ["--head", "feat"]],
    ["--head is missing", ["--base", "main"]],
    ["Revisions go after --base and --head", ["main", "feat"]],
    ["-o is one of text, markdown, json, not xml", [...REVISIONS, "-o", "xml"]],
  ])("refuses: %s", async ([problem, argv]) => {
    const { code, stderr, stdout } = await diffing(preview([])).run(...argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(problem);
  });

  it.for([
    ["text", "TEXT"],
    ["markdown", "MARKDOWN"],
    ["json", "{}"],
  ])("prints %s on standard output and warnings beside it", async ([format = "", text]) => {
    const asked = diffing(preview([CHANGED]), { warnings: ["uncommitted"] });
    expect(await asked.run(...REVISIONS, "-o", format)).toEqual({
      code: 1,
      stdout: text,
      stderr: "warning: uncommitted",
    });
  });

  it.for<[string, number, readonly ApplicationPreview[]]>([
    ["nothing is affected", 0, []],
    ["what is affected renders to the same", 0, [UNTOUCHED]],
    ["an object changes", 1, [UNTOUCHED, CHANGED]],
    ["only the definition changes", 1, [{ ...UNTOUCHED, definition: "modified" }]],
    [
      "live drift alone is no difference",
      0,
      [
        {
          ...UNTOUCHED,
          drift: {
            kind: "ok",
            value: {
              revision: "a",
              sync: "OutOfSync",
              health: { status: "Healthy", message: "" },
              objects: [],
            },
          },
        },
      ],
    ],
    [
      "the API server would refuse an object",
      1,
      [
        {
          ...UNTOUCHED,
          dryRun: { kind: "ok", value: { ...NOTHING_TO_DO, rejected: [{ object: "Job a", message: "no" }] } },
        },
      ],
    ],
    [
      "an Application does not render",
      2,
      [CHANGED, { ...UNTOUCHED, effect: { kind: "failed", problem: PROBLEM } }],
    ],
    ["the cluster could not be asked", 2, [{ ...CHANGED, drift: { kind: "failed", problem: PROBLEM } }]],
  ])("where %s, exits with %i", async ([, code, applications]) => {
    expect((await diffing(preview(applications)).run(...REVISIONS)).code).toBe(code);
  });

  it("repeats failures on standard error, with reason, title and remedy", async () => {
    const failed = { ...UNTOUCHED, effect: { kind: "failed", problem: PROBLEM } } as const;
    const one = await diffing(preview([failed])).run(...REVISIONS);
    expect(one.stderr).toBe("plumbline diff: argocd/web: TemplateError: Helm failed\nMend it.");
    const all = await diffing(preview([], { ...PROBLEM, reason: "MergeConflict" })).run(...REVISIONS);
    expect(all).toMatchObject({ code: 2, stdout: "TEXT" });
    expect(all.stderr).toBe("plumbline diff: MergeConflict: Helm failed\nMend it.");
  });

  it("is in trouble where a definition cannot be read, whatever else differs", async () => {
    expect((await diffing(preview([CHANGED]), { isBroken: true }).run(...REVISIONS)).code).toBe(2);
  });
});
