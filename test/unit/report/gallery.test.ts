import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/domain/json.ts";
import type { Manifest } from "../../../src/domain/manifest.ts";
import type { ApplicationPreview, Preview } from "../../../src/domain/preview.ts";
import type { SyncTaskSummary } from "../../../src/domain/sync-task.ts";
import {
  application,
  configMap,
  diffs,
  manifest,
  preview,
  problem,
  reports,
  status,
  unbalanced,
} from "./support.ts";

/** What people see, kept to be read: a change of words or layout shows in review. */
const FOLDER = join(import.meta.dirname, "../../fixtures/reports");

function deployment(name: string, image: string, spec: JsonObject = {}): Manifest {
  return manifest("apps/v1 Deployment", name, {
    spec: { replicas: 2, template: { spec: { containers: [{ name, image }] } }, ...spec },
  });
}

function task(action: SyncTaskSummary["action"], kind: string, name: string): SyncTaskSummary {
  return { phase: "Sync", wave: 0, action, group: "", version: "v1", kind, namespace: "shop", name };
}

const SHOP: ApplicationPreview["effect"] = {
  kind: "ok",
  value: diffs(
    [
      deployment("api", "registry/api:1.4"),
      manifest("PersistentVolumeClaim", "data", { spec: { accessModes: ["ReadWriteOnce"] } }),
      manifest("Secret", "db", { stringData: { password: "old", user: "shop" } }),
      configMap("nginx", { "nginx.conf": "events {}\nhttp {\n  server {\n    listen 80;\n  }\n}\n" }),
    ],
    [
      deployment("api", "registry/api:1.5", { replicas: 0 }),
      manifest("Secret", "db", { stringData: { password: "new", user: "shop" } }),
      configMap("nginx", { "nginx.conf": "events {}\nhttp {\n  server {\n    listen 8080;\n  }\n}\n" }),
      configMap("feature-flags", { checkout: "on" }),
    ],
  ),
};

const BROKEN: ApplicationPreview["effect"] = {
  kind: "failed",
  problem: problem(
    "Helm could not render `charts/web`",
    "```\nError: template: web/templates/ingress.yaml:12:20: nil pointer evaluating interface {}.host\n```\n\nRun `plumbline render` to see the same error, then push a fix. Nothing was changed.",
  ),
};

const LIVE: ApplicationPreview = application("shop", {
  effect: SHOP,
  because: ["charts/shop/values.yaml", "charts/shop/templates/api.yaml"],
  drift: {
    kind: "ok",
    value: {
      revision: "c".repeat(40),
      sync: "OutOfSync",
      health: { status: "Degraded", message: "Deployment shop/api: exceeded its progress deadline" },
      objects: diffs([deployment("api", "registry/api:hotfix")], [deployment("api", "registry/api:1.4")]),
    },
  },
  dryRun: {
    kind: "ok",
    value: {
      tasks: [
        { ...task("create", "Job", "migrate"), phase: "PreSync", wave: -1 },
        task("update", "Secret", "db"),
        task("create", "ConfigMap", "feature-flags"),
        { ...task("skip", "PersistentVolumeClaim", "data"), reason: "ProtectedKind" },
      ],
      guardDigest: "5e1f00d5",
      rejected: [
        { object: "Deployment shop/api", message: "spec.selector: Invalid value: field is immutable" },
      ],
      untried: ["Certificate shop/tls"],
    },
  },
});

const GALLERY: readonly (readonly [name: string, preview: Preview])[] = [
  ["one-application", preview([application("shop", { effect: SHOP, automated: true })])],
  ["live-state", preview([LIVE])],
  [
    "several-applications",
    preview(
      [
        application("shop", { effect: SHOP }),
        application("web", { effect: BROKEN, digest: "" }),
        application("docs", {
          definition: "added",
          previewOnly: ["`spec.source.chart`: charts are not fetched yet"],
        }),
      ],
      { warnings: [problem("`apps/old.yaml` is no Application")] },
    ),
  ],
  ["nothing-affected", preview([])],
  [
    "merge-conflict",
    preview([], {
      problem: problem(
        "The branches conflict in `charts/shop/values.yaml`",
        "Merge `main` into the branch, and push.",
      ),
    }),
  ],
];

describe("gallery", () => {
  it.for(GALLERY)("comment: %s", async ([name, one]) => {
    const { body } = reports().comment(one, { checkUrl: "https://github.com/o/r/runs/1" });
    expect(unbalanced(body)).toBe("");
    await expect(`${body}\n`).toMatchFileSnapshot(join(FOLDER, `comment-${name}.md`));
  });

  it("check: live state", async () => {
    const { title, summary, text } = reports().check(preview([LIVE]));
    await expect(`# ${title}\n\n${summary}\n\n${text}\n`).toMatchFileSnapshot(
      join(FOLDER, "check-live-state.md"),
    );
  });

  it("fork notice", async () => {
    const { comment } = reports().forkNotice({ ...preview([]), applications: [application("shop")] });
    await expect(`${comment}\n`).toMatchFileSnapshot(join(FOLDER, "fork-notice.md"));
  });

  it("progress", async () => {
    const statuses = [
      status("shop"),
      status("web", {
        health: { status: "Degraded", message: "Deployment shop/web: 0 of 2 replicas available" },
      }),
      status("docs", { sync: "OutOfSync", outOfSyncCount: 3 }),
    ];
    const text = reports().progress({ revision: "d".repeat(40), statuses });
    await expect(`${text}\n`).toMatchFileSnapshot(join(FOLDER, "progress.md"));
  });

  it("terminal", async () => {
    await expect(`${reports().text(preview([LIVE]))}\n`).toMatchFileSnapshot(join(FOLDER, "terminal.txt"));
  });
});
