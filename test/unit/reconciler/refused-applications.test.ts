import { describe, expect, it } from "vitest";

import type { ConfigProblem } from "../../../src/domain/control-plane.ts";
import { refusedApplications } from "../../../src/reconciler/refused-applications.ts";
import { application } from "../../support/applications.ts";

const PROBLEM: ConfigProblem = {
  reason: "ClusterUnknown",
  title: "No cluster is known",
  remedy: "Add it.",
  retryable: false,
  severity: "error",
  file: "a.yaml",
  document: 1,
  line: 1,
  field: "",
};
const broken = { value: application(), problems: [PROBLEM] };
const good = { value: application(), problems: [] };
const here = { isHere: (repoURL: string) => repoURL.includes("acme") };

describe("refusedApplications", () => {
  it.for<readonly [string, string, number]>([
    ["a path below its source", "deploy/a.yaml", 1],
    ["a path beside its source", "deployment/a.yaml", 0],
    ["another path", "README.md", 0],
  ])("counts %s as it should", ([, path, count]) => {
    const refused = refusedApplications({ base: [broken], head: [broken] }, { paths: [path], ...here });
    expect(refused).toHaveLength(count);
  });

  it("tells of what the change itself breaks or adds broken, wherever its paths are", () => {
    const paths = ["apps/shop.yaml"];
    for (const base of [[good], []]) {
      const [refused] = refusedApplications({ base, head: [broken] }, { paths, ...here });
      expect(refused?.head?.trees).toMatchObject({ kind: "failed", problem: { reason: "ClusterUnknown" } });
    }
  });

  it("is not concerned with another repository, nor with what has no problem", () => {
    const paths = ["deploy/a.yaml"];
    expect(refusedApplications({ base: [good], head: [good] }, { paths, ...here })).toEqual([]);
    const elsewhere = { paths, isHere: () => false };
    expect(refusedApplications({ base: [broken], head: [broken] }, elsewhere)).toEqual([]);
  });
});
