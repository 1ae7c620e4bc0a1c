import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

import { LongestFirst } from "./test/support/longest-first.ts";

/** One project a kind of test, as CONTRIBUTING.md describes them; `npm test` runs them all. */
export default defineConfig({
  test: {
    // Much of what the slow suites do is wait: three files at once, even where there are two cores.
    maxWorkers: Math.max(3, Math.floor(availableParallelism() / 2)),
    sequence: { sequencer: LongestFirst },
    globalSetup: ["test/support/cluster/shared-clusters.ts"],
    projects: [
      { test: { name: "unit", include: ["test/unit/**/*.test.ts"], isolate: false, testTimeout: 30_000 } },
      {
        test: {
          name: "contract",
          include: ["test/contract/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "integration",
          include: ["test/integration/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: { name: "e2e", include: ["test/e2e/**/*.test.ts"], testTimeout: 300_000, hookTimeout: 300_000 },
      },
    ],
  },
});
