import { describe, expect, test } from "vitest";
import { assessHealthBeside } from "../../../../src/domain/health/custom-health.ts";
import { liveManifestOf } from "../../../../src/domain/manifest.ts";

const JOB = liveManifestOf({
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: { name: "migrate", namespace: "shop" },
  status: { conditions: [{ type: "Complete", status: "True" }] },
});

describe("kinds whose health the operator customised", () => {
  test.each([
    { title: "the kind by name", group: "batch", kind: "Job", status: "Unknown" },
    { title: "every kind of the group", group: "batch", kind: "*", status: "Unknown" },
    { title: "groups by pattern", group: "ba*", kind: "Job", status: "Unknown" },
    { title: "another kind of the group", group: "batch", kind: "CronJob", status: "Healthy" },
    { title: "the kind of another group", group: "example.org", kind: "Job", status: "Healthy" },
  ])("$title → $status", ({ group, kind, status }) => {
    expect(assessHealthBeside([{ group, kind }])(JOB)?.status).toBe(status);
  });

  test("without any, the built-in rules hold", () => {
    expect(assessHealthBeside([])(JOB)?.status).toBe("Healthy");
  });
});
