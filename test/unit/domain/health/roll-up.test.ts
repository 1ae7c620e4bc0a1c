import { describe, expect, it } from "vitest";
import { type HealthContribution, rollUpHealth } from "../../../../src/domain/health/roll-up.ts";
import { HEALTH_STATUSES, type HealthStatus } from "../../../../src/domain/health.ts";
import { liveManifestOf, manifestOf } from "../../../../src/domain/manifest.ts";

const APPLICATION = { namespace: "argocd", name: "shop" };

/**
 * `Kind/name Status flags`: `-` for no health; `gone` has no live object, `hook`, `ignored` and `skip` carry what their
 * names say.
 */
function resource(shorthand: string): HealthContribution {
  const [id = "", word = "-", ...flags] = shorthand.split(" ");
  const [kind = "", name = ""] = id.split("/");
  const annotations: Record<string, string> = {};
  if (flags.includes("ignored")) annotations["argocd.argoproj.io/ignore-healthcheck"] = "true";
  if (flags.includes("skip")) annotations["argocd.argoproj.io/hook"] = "Skip";
  const apiVersion = kind === "Application" ? "argoproj.io/v1alpha1" : "v1";
  const namespace = kind === "Application" ? "argocd" : "shop";
  const live = liveManifestOf({ apiVersion, kind, metadata: { name, namespace, annotations } });
  const target = { ...manifestOf(live.object), digest: "" };
  const status = HEALTH_STATUSES.find((known) => known === word);
  return {
    key: live.key,
    target,
    ...(flags.includes("gone") ? {} : { live }),
    isHook: flags.includes("hook"),
    ...(status === undefined ? {} : { health: { status, message: "because" } }),
  };
}

const CASES: readonly { resources: string; is: HealthStatus }[] = [
  { resources: "", is: "Healthy" },
  { resources: "Pod/a Healthy; Pod/b Suspended", is: "Suspended" },
  { resources: "Pod/a Suspended; Pod/b Progressing", is: "Progressing" },
  { resources: "Pod/a Progressing; Pod/b Missing", is: "Missing" },
  { resources: "Pod/a Missing; Pod/b Degraded", is: "Degraded" },
  { resources: "Pod/a Unknown; Pod/b Degraded", is: "Unknown" },
  { resources: "ConfigMap/a -", is: "Healthy" },
  { resources: "Pod/a Healthy; Pod/b Missing gone", is: "Healthy" },
  { resources: "Pod/a Missing gone; Pod/b - gone", is: "Missing" },
  { resources: "Pod/a - gone; Job/b Degraded hook", is: "Missing" },
  { resources: "Pod/a Healthy; Job/b Degraded hook", is: "Healthy" },
  { resources: "Pod/a Healthy; Pod/b Degraded skip", is: "Healthy" },
  { resources: "Pod/a Healthy; Pod/b Degraded ignored", is: "Healthy" },
  { resources: "Application/child Missing", is: "Healthy" },
  { resources: "Application/child Unknown", is: "Healthy" },
  { resources: "Application/child Degraded", is: "Degraded" },
  { resources: "Application/shop Degraded", is: "Healthy" },
  { resources: "Job/b Degraded hook", is: "Healthy" },
];

describe("rollUpHealth", () => {
  it.for(CASES)("says $is of [$resources]", ({ resources, is }) => {
    const all = resources.split(";").map((text) => text.trim());
    expect(rollUpHealth(APPLICATION, all.filter(Boolean).map(resource)).status).toBe(is);
  });

  it("names the first of the worst resources, in its own words", () => {
    const all = ["Pod/a Healthy", "Pod/b Degraded", "Pod/c Degraded"].map(resource);
    expect(rollUpHealth(APPLICATION, all).message).toBe("Pod shop/b: because");
  });
});
