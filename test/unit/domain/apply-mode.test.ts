import { describe, expect, it } from "vitest";

import { applyModeOf } from "../../../src/domain/apply-mode.ts";
import type { JsonObject } from "../../../src/domain/json.ts";
import { liveManifestOf, manifestOf } from "../../../src/domain/manifest.ts";
import { lives, targets } from "../../support/manifests.ts";

const RBAC = "rbac.authorization.k8s.io";

function role(name: string): JsonObject {
  return { apiGroup: RBAC, kind: "ClusterRole", name };
}

/** `apply strict`, `recreate ignore, fallback recreate, may miss its kind`. */
function mode(target: string, live: string, options: readonly string[]): string {
  const [wanted] = targets(target);
  const [existing] = lives(live);
  if (wanted === undefined) throw new Error("no target");
  const { method, validate, skipMissingKind, fallback } = applyModeOf(wanted, existing, options);
  return [
    `${method} ${validate}`,
    ...(fallback === undefined ? [] : [`fallback ${fallback}`]),
    ...(skipMissingKind ? ["may miss its kind"] : []),
  ].join(", ");
}

describe("applyModeOf", () => {
  it.for([
    { target: "ConfigMap/a", live: "", options: [], is: "apply strict" },
    { target: "ConfigMap/a", live: "", options: ["ServerSideApply=true"], is: "apply strict" },
    { target: "ConfigMap/a{opt:ServerSideApply=false}", live: "", options: [], is: "apply strict" },
    { target: "ConfigMap/a", live: "", options: ["Validate=false"], is: "apply ignore" },
    { target: "ConfigMap/a{opt:Validate=false}", live: "", options: [], is: "apply ignore" },
    { target: "ConfigMap/a", live: "ConfigMap/a", options: ["Replace=true"], is: "replace strict" },
    { target: "ConfigMap/a{opt:Replace=true}", live: "", options: [], is: "replace strict" },
    { target: "ConfigMap/a", live: "ConfigMap/a{opt:Replace=true}", options: [], is: "replace strict" },
    { target: "ConfigMap/a{opt:Replace=false}", live: "", options: ["Replace=true"], is: "apply strict" },
    { target: "Job/a{opt:Replace=true+Force=true}", live: "Job/a", options: [], is: "recreate strict" },
    { target: "Job/a{opt:Replace=true+Force=true}", live: "", options: [], is: "replace strict" },
    { target: "Job/a{opt:Force=true}", live: "Job/a", options: [], is: "apply strict, fallback recreate" },
    { target: "Job/a", live: "Job/a{opt:Force=true}", options: [], is: "apply strict, fallback recreate" },
    { target: "Job/a", live: "Job/a", options: ["Force=true"], is: "apply strict" },
    {
      target: "Widget/a{opt:SkipDryRunOnMissingResource=true}",
      live: "",
      options: [],
      is: "apply strict, may miss its kind",
    },
  ])("writes $target over [$live] with $options: $is", ({ target, live, options, is }) => {
    expect(mode(target, live, options)).toBe(is);
  });

  it.for(["StatefulSet", "PersistentVolumeClaim", "Namespace", "CustomResourceDefinition"])(
    "T294 never deletes a %s to write it",
    (kind) => {
      expect(mode(`${kind}/a.b{opt:Replace=true+Force=true}`, `${kind}/a.b`, [])).toBe("replace strict");
      expect(mode(`${kind}/a.b{opt:Force=true}`, `${kind}/a.b`, [])).toBe("apply strict");
    },
  );

  it.for<{ name: string; wanted: JsonObject; bound: JsonObject; kind?: string; is: string }>([
    { name: "another role", wanted: role("edit"), bound: role("view"), is: "recreate" },
    { name: "the same role", wanted: role("view"), bound: role("view"), is: "apply" },
    {
      name: "a role of another kind",
      wanted: { ...role("view"), kind: "Role" },
      bound: role("view"),
      is: "recreate",
    },
    {
      name: "the same role, its group left to the server",
      wanted: { kind: "ClusterRole", name: "view" },
      bound: role("view"),
      is: "apply",
    },
    {
      name: "a field of that name elsewhere",
      wanted: role("edit"),
      bound: role("view"),
      kind: "example.com/v1 RoleBinding",
      is: "apply",
    },
  ])("makes a binding to $name: $is", ({ wanted, bound, kind = `${RBAC}/v1 RoleBinding`, is }) => {
    const [apiVersion = "", named = ""] = kind.split(" ");
    const binding = (roleRef: JsonObject) => ({
      apiVersion,
      kind: named,
      metadata: { name: "a", namespace: "shop" },
      roleRef,
    });
    const target = { ...manifestOf(binding(wanted)), digest: "" };
    expect(applyModeOf(target, liveManifestOf(binding(bound)), []).method).toBe(is);
    expect(applyModeOf(target, undefined, []).method).toBe("apply");
  });
});
