import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { JsonObject } from "../../../src/domain/json.ts";
import type { ResourceKey } from "../../../src/domain/resource-key.ts";
import { configMap, createServerRig, NAMESPACE, type ServerRig } from "../../support/server-rig.ts";

/** A Job that is a hook; `fate` is what becomes of its pod. */
function hook(name: string, phase: string, fate = "healthy"): string {
  return `apiVersion: batch/v1
kind: Job
metadata:
  name: ${name}
  annotations: { argocd.argoproj.io/hook: ${phase} }
spec:
  backoffLimit: 0
  template:
    metadata: { annotations: { plumbline.dev/pod: ${fate} } }
    spec:
      restartPolicy: Never
      containers: [{ name: a, image: "registry.example/a:1" }]
`;
}

function deployment(name: string, fate = "healthy"): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  progressDeadlineSeconds: 1
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} }, annotations: { plumbline.dev/pod: ${fate} } }
    spec: { containers: [{ name: a, image: "registry.example/a:1" }] }
`;
}

const RETRIED_ONCE = "    retry: { limit: 1, backoff: { duration: 1s, factor: 1, maxDuration: 1s } }\n";
const MANUAL = { automated: "" };

describe("after a merge", () => {
  let rig: ServerRig;
  beforeAll(async () => {
    rig = await createServerRig({
      files: {
        "web/config.yaml": configMap("web"),
        "web/deployment.yaml": deployment("web"),
        "manual/config.yaml": configMap("manual"),
        "hooks/config.yaml": configMap("hooks"),
        "sick/deployment.yaml": deployment("sick"),
        "kept/config.yaml": configMap("kept"),
        "prune/a.yaml": configMap("prune-a"),
        "prune/b.yaml": configMap("prune-b"),
      },
      applications: [
        { name: "web" },
        { name: "manual", ...MANUAL },
        { name: "hooks", policy: RETRIED_ONCE },
        { name: "sick" },
        { name: "kept" },
        { name: "prune" },
      ],
    });
    await Promise.all(["web", "hooks", "sick", "kept", "prune"].map((name) => rig.arrives(name)));
    await rig.arrives("manual", "OutOfSync", "Missing");
    await rig.settled();
  });
  afterAll(() => rig.close());

  function key(name: string, kind = "ConfigMap", group = ""): ResourceKey {
    return { group, kind, namespace: NAMESPACE, name };
  }

  function live(of: ResourceKey): JsonObject | undefined {
    return rig.clusters.get("in-cluster").control.get(of);
  }

  async function merge(files: Record<string, string | undefined>, branch: string) {
    const pull = await rig.propose(files, branch);
    await rig.settled();
    rig.later();
    const sha = await rig.github.merge(pull, "alice");
    return { pull, sha };
  }

  it("says on the merge commit and in the comment how it goes, pending until Synced and Healthy", async () => {
    const { pull, sha } = await merge({ "web/config.yaml": configMap("web", "two") }, "good");
    await rig.until("the status is success", () =>
      rig.statuses(sha).find((line) => line.startsWith("plumbline/web success")),
    );
    await rig.settled();
    expect(live(key("web"))).toMatchObject({ data: { value: "two" } });
    const states = rig.statuses(sha).map((line) => line.split(" ").slice(0, 2).join(" "));
    expect(states.at(-1)).toBe("plumbline/web success");
    expect(states.slice(0, -1).every((line) => line === "plumbline/web pending")).toBe(true);
    expect(states.length).toBeGreaterThan(1);
    expect(rig.sticky(pull)?.body).toContain("1 Application is Synced and Healthy");
    expect(rig.statuses(sha).at(-1)).toContain("Synced, Healthy");
    // What was previewed is still there, below.
    expect(rig.sticky(pull)?.body).toMatch(/^\+ two$/m);
  });

  it("waits for /sync where nothing is automated", async () => {
    const { sha } = await merge({ "manual/config.yaml": configMap("manual", "two") }, "manual");
    const said = await rig.until("the status says that it waits", () =>
      rig.statuses(sha).find((line) => line.includes("/sync")),
    );
    expect(said).toMatch(/^plumbline\/manual pending/);
    await rig.settled();
    expect(live(key("manual"))).toBeUndefined();
  });

  it("names the first object that fails, with its own message", async () => {
    const { pull, sha } = await merge({ "sick/deployment.yaml": deployment("sick", "crash-loop") }, "sick");
    const said = await rig.until("the status is failure", () =>
      rig.statuses(sha).find((line) => line.startsWith("plumbline/sick failure")),
    );
    expect(said).toContain("Deployment rig/sick");
    await rig.settled();
    expect(rig.sticky(pull)?.body).toContain("1 of 1 Application failed");
    expect(rig.sticky(pull)?.body).toMatch(/Deployment rig\/sick/);
  });

  it("runs hooks in their order, and each once", async () => {
    const cluster = rig.clusters.get("in-cluster").control;
    cluster.requests.clear();
    await merge(
      {
        "hooks/config.yaml": configMap("hooks", "two"),
        "hooks/before.yaml": hook("before", "PreSync"),
        "hooks/after.yaml": hook("after", "PostSync"),
      },
      "hooks",
    );
    await rig.until("the operation has ended", () => {
      const status = rig.status("hooks");
      return status?.sync === "Synced" && status.operation?.results.some(({ task }) => task.includes("after"))
        ? status
        : undefined;
    });
    await rig.arrives("hooks");
    const written = cluster.requests
      .all()
      .filter(({ verb }) => verb === "apply" || verb === "create")
      .map(({ key: of }) => of?.name);
    expect(written).toEqual(["before", "hooks", "after"]);
    expect(rig.status("hooks")?.operation?.phase).toBe("Succeeded");
  });

  it("ends a sync whose hook failed as failed, and touches nothing else", async () => {
    const { sha } = await merge(
      {
        "hooks/config.yaml": configMap("hooks", "three"),
        "hooks/before.yaml": hook("before", "PreSync", "fail"),
      },
      "hook-fails",
    );
    const said = await rig.until("the status is failure", () =>
      rig.statuses(sha).find((line) => line.startsWith("plumbline/hooks failure")),
    );
    expect(said).toContain("before");
    expect(rig.status("hooks")?.operation?.retryCount).toBe(1);
    expect(live(key("hooks"))).toMatchObject({ data: { value: "two" } });
    expect(rig.status("hooks")?.operation?.phase).toBe("Failed");
  });

  it("T292 heals what somebody changed by hand, and says so meanwhile", async () => {
    const seen: string[] = [];
    const stop = rig.server().states.subscribe((id) => {
      if (id === "argocd/web") seen.push(rig.status("web")?.sync ?? "");
    });
    rig.clusters.get("in-cluster").control.edit(key("web"), { data: { value: "by hand" } });
    await rig.until("it is healed", () =>
      (live(key("web"))?.["data"] as JsonObject | undefined)?.["value"] === "two" ? true : undefined,
    );
    await rig.arrives("web");
    stop();
    expect(seen).toContain("OutOfSync");
  });

  it("prunes what left Git, and holds back what is too much at once", async () => {
    await merge({ "prune/b.yaml": undefined }, "prune-one");
    await rig.until("it is pruned", () => (live(key("prune-b")) === undefined ? true : undefined));
    await rig.arrives("prune");
    expect(live(key("prune-a"))).toBeDefined();
    const { sha } = await merge({ "prune/a.yaml": undefined, "prune/other.txt": "left\n" }, "prune-all");
    const said = await rig.until("the status says why", () =>
      rig.statuses(sha).find((line) => line.includes("would delete all of its objects")),
    );
    expect(said).toMatch(/^plumbline\/prune pending/);
    await rig.settled();
    expect(live(key("prune-a"))).toBeDefined();
  });

  it("T287 leaves the objects of an Application whose file was removed", async () => {
    await rig.undefine("kept.yaml");
    await rig.until("it is removed", () => rig.status("kept")?.removal);
    await rig.settled();
    expect(live(key("kept"))).toBeDefined();
  });

  it("takes a broken file for broken, never for removed", async () => {
    const before = live(key("web"));
    await rig.define("web.yaml", "kind: Application\n  broken: [\n");
    const status = await rig.until("it is told", () => {
      const now = rig.status("web");
      return now?.problem === undefined ? undefined : now;
    });
    expect(status.sync).toBe("Unknown");
    await rig.push({ "web/config.yaml": configMap("web", "three") });
    await rig.settled();
    expect(live(key("web"))).toEqual(before);
  });

  it("keeps to GitHub's own description of its API", () => {
    expect(rig.github.violations).toEqual([]);
  });
});
