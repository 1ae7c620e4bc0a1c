import { describe, expect, it } from "vitest";

import type { SyncTaskSummary } from "../../../src/domain/sync-task.ts";
import { application, preview, reports } from "./support.ts";

const IN_SYNC: SyncTaskSummary = {
  phase: "Sync",
  wave: 0,
  action: "skip",
  reason: "InSync",
  group: "",
  version: "v1",
  kind: "ConfigMap",
  namespace: "shop",
  name: "web",
};

/** Lines about the cluster, of one Application whose sync has these tasks. */
function aboutCluster(tasks: readonly SyncTaskSummary[]): readonly string[] {
  const health = { status: "Healthy", message: "" } as const;
  const live = application("web", {
    drift: { kind: "ok", value: { revision: "c".repeat(40), sync: "Synced", health, objects: [] } },
    dryRun: { kind: "ok", value: { tasks, guardDigest: "", rejected: [], untried: [] } },
  });
  const lines = reports()
    .text(preview([live]))
    .split("\n");
  return lines.slice(lines.findIndex((line) => line.includes("the cluster")));
}

describe("the preview for a terminal", () => {
  it("says that there is nothing to do, and announces no list that does not come", () => {
    expect(aboutCluster([IN_SYNC])).toEqual([
      "  what the cluster already differs in: nothing (Synced, Healthy)",
      "  what a sync would do: nothing",
    ]);
  });

  it("lists what there is to do", () => {
    const { reason: _, ...task } = IN_SYNC;
    expect(aboutCluster([IN_SYNC, { ...task, action: "update" }]).slice(1)).toEqual([
      "  what a sync would do:",
      "    update ConfigMap shop/web",
    ]);
  });
});
