import { describe, expect, it } from "vitest";

import { hookOf } from "../../../src/domain/hooks.ts";
import { targets } from "../../support/manifests.ts";

/** `PreSync,Sync (HookFailed)` for a hook, the kind of its role otherwise. */
function show(attributes: string): string {
  const [target] = targets(`Job/x{${attributes}}`);
  const role = hookOf(target ?? { object: {} });
  return role.kind === "hook" ? `${role.phases.join(",")} (${role.deletePolicies.join(",")})` : role.kind;
}

describe("hookOf", () => {
  it.for([
    { attributes: "", role: "none" },
    { attributes: "hook:PreSync", role: "PreSync (BeforeHookCreation)" },
    { attributes: "hook:PreSync+PostSync", role: "PreSync,PostSync (BeforeHookCreation)" },
    { attributes: "hook:Sync+Sync", role: "Sync (BeforeHookCreation)" },
    { attributes: "hook:SyncFail", role: "SyncFail (BeforeHookCreation)" },
    { attributes: "hook:presync", role: "ignored" },
    { attributes: "hook:Nonsense", role: "ignored" },
    { attributes: "hook:PreDelete", role: "ignored" },
    { attributes: "hook:PreDelete+PreSync", role: "PreSync (BeforeHookCreation)" },
    { attributes: "hook:Skip", role: "skip" },
    { attributes: "hook:Skip+Sync", role: "Sync (BeforeHookCreation)" },
    { attributes: "hook:PreSync,policy:HookSucceeded", role: "PreSync (HookSucceeded)" },
    {
      attributes: "hook:PreSync,policy:HookSucceeded+HookFailed",
      role: "PreSync (HookSucceeded,HookFailed)",
    },
    { attributes: "hook:PreSync,policy:Nonsense", role: "PreSync (BeforeHookCreation)" },
    {
      attributes: "hook:PreSync,policy:HookFailed,helmpolicy:hook-succeeded",
      role: "PreSync (HookFailed,HookSucceeded)",
    },
    { attributes: "helm:pre-install", role: "PreSync (BeforeHookCreation)" },
    { attributes: "helm:pre-install+pre-upgrade", role: "PreSync (BeforeHookCreation)" },
    { attributes: "helm:post-upgrade,helmpolicy:hook-failed", role: "PostSync (HookFailed)" },
    { attributes: "helm:post-install+pre-delete", role: "PostSync (BeforeHookCreation)" },
    { attributes: "helm:pre-delete", role: "ignored" },
    { attributes: "helm:test", role: "ignored" },
    { attributes: "helm:test-success", role: "ignored" },
    { attributes: "helm:pre-rollback", role: "ignored" },
    { attributes: "helm:crd-install", role: "none" },
    { attributes: "hook:Sync,helm:pre-install", role: "Sync (BeforeHookCreation)" },
    { attributes: "hook:Nonsense,helm:pre-install", role: "PreSync (BeforeHookCreation)" },
    { attributes: "hook:Skip,helm:pre-install", role: "skip" },
  ])("reads {$attributes} as $role", ({ attributes, role }) => {
    expect(show(attributes)).toBe(role);
  });
});
