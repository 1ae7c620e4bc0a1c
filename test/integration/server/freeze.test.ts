import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { PullPlace } from "../../../src/sandbox/github/present-pull-request.ts";
import { configMap, createServerRig, NAMESPACE, type ServerRig } from "../../support/server-rig.ts";

const WHY = "all writes are frozen: incident 7";

function settings(freeze: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: argocd-cm, namespace: argocd }\ndata: { plumbline.freeze: "${freeze}" }\n`;
}

describe("writes that the operator froze", () => {
  let rig: ServerRig;
  let pull: PullPlace;
  beforeAll(async () => {
    rig = await createServerRig({
      files: { "web/config.yaml": configMap("web"), "manual/config.yaml": configMap("manual") },
      applications: [{ name: "web" }, { name: "manual", automated: "" }],
    });
    await rig.arrives("web");
    await rig.settled();
    pull = await rig.propose({
      "web/config.yaml": configMap("web", "two"),
      "manual/config.yaml": configMap("manual", "two"),
    });
    await rig.settled();
    await rig.define("argocd-cm.yaml", settings("incident 7"));
    await rig.until("it is frozen", () =>
      rig.server().registry.snapshot().settings.freeze === "" ? undefined : true,
    );
    rig.later();
    await rig.github.merge(pull, "alice");
    await rig.until("it is told", () => (rig.status("web")?.waitsFor === WHY ? true : undefined));
    await rig.settled();
  });
  afterAll(() => rig.close());

  function value(name: string): unknown {
    const key = { group: "", kind: "ConfigMap", namespace: NAMESPACE, name };
    return rig.clusters.get("in-cluster").control.get(key)?.["data"];
  }

  it("T288 leaves the cluster as it is, and says why on the pull request", () => {
    expect([value("web"), value("manual")]).toEqual([{ value: "one" }, undefined]);
    expect(rig.sticky(pull)?.body).toContain(WHY);
  });

  it("T288 refuses /sync, but not its dry run", async () => {
    const sync = rig.say(pull, "/sync manual");
    await rig.settled();
    expect(rig.reactions(sync)).toContain("-1");
    expect(rig.reply(sync)?.body).toContain("All writes to clusters are frozen: incident 7");
    const dryRun = rig.say(pull, "/sync manual --dry-run");
    await rig.settled();
    expect(rig.reactions(dryRun)).toContain("rocket");
    expect(value("manual")).toBeUndefined();
  });

  it("goes on where it was left once they are not frozen any more", async () => {
    await rig.define("argocd-cm.yaml", settings("false"));
    await rig.arrives("web");
    expect(value("web")).toEqual({ value: "two" });
    const sync = rig.say(pull, "/sync manual");
    await rig.arrives("manual");
    await rig.settled();
    expect(rig.reactions(sync)).toContain("rocket");
  });
});
