import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { PullPlace } from "../../../src/sandbox/github/present-pull-request.ts";
import { configMap, createServerRig, NAMESPACE, type ServerRig } from "../../support/server-rig.ts";

describe("while GitHub is in trouble", () => {
  let rig: ServerRig;
  let branches = 0;
  beforeAll(async () => {
    rig = await createServerRig({ reconcileMs: 2_000 });
    await rig.arrives("web");
    await rig.settled();
  });
  afterAll(() => rig.close());

  function propose(value: string): Promise<PullPlace> {
    branches += 1;
    return rig.propose({ "web/config.yaml": configMap("web", value) }, `branch-${branches}`);
  }

  async function shown(pull: PullPlace): Promise<void> {
    await rig.until("the comment and the check are there", () =>
      rig.sticky(pull) !== undefined && rig.checks(pull.pull.headSha).at(-1)?.status === "completed"
        ? true
        : undefined,
    );
    await rig.settled();
  }

  function comments(pull: PullPlace): number {
    return [...rig.shop.comments.values()].filter(
      ({ pullNumber, author }) => pullNumber === pull.pull.number && author.id === rig.github.app.bot.id,
    ).length;
  }

  it("T262 ends right, with one comment and one check, when every second request is answered with 502", async () => {
    rig.github.faults.add({
      effect: { kind: "status", status: 502, when: "before" },
      times: 60,
      share: 0.5,
    });
    const pull = await propose("half");
    await shown(pull);
    rig.github.faults.clear();
    expect(comments(pull)).toBe(1);
    expect(rig.checks(pull.pull.headSha).map(({ conclusion }) => conclusion)).toEqual(["success"]);
  });

  it.for(["issues/\\d+/comments", "check-runs"])(
    "T263 T234 makes one of what was made though %s was answered with 502",
    async (path) => {
      rig.github.faults.add({
        effect: { kind: "status", status: 502, when: "after" },
        times: 1,
        method: "POST",
        path: new RegExp(path),
      });
      const pull = await propose(`made ${branches}`);
      await shown(pull);
      expect(comments(pull)).toBe(1);
      expect(rig.checks(pull.pull.headSha)).toHaveLength(1);
    },
  );

  it("T264 waits when it is told to slow down, loses nothing, and goes on syncing", async () => {
    rig.github.faults.add({
      effect: { kind: "secondary-limit", status: 403, retryAfterSeconds: 3 },
      times: 1,
      method: "POST",
      path: /comments/,
    });
    const pull = await propose("limited");
    await rig.push({ "web/config.yaml": configMap("web", "synced meanwhile") });
    await rig.until("the cluster has it", () => {
      const key = { group: "", kind: "ConfigMap", namespace: NAMESPACE, name: "web" };
      const data = rig.clusters.get("in-cluster").control.get(key)?.["data"];
      return JSON.stringify(data)?.includes("synced meanwhile") ? true : undefined;
    });
    await shown(pull);
    expect(comments(pull)).toBe(1);
  });

  it("T266 puts no check on a head that GitHub tells late", async () => {
    const pull = await propose("first");
    await rig.settled();
    rig.github.faults.add({ effect: { kind: "stale" }, times: 1, path: /\/pulls\/\d+$/ });
    const newest = await rig.push({ "web/config.yaml": configMap("web", "newest") }, `branch-${branches}`);
    await rig.until("the newest head has its check", () => rig.checks(newest).at(-1)?.conclusion);
    await rig.settled();
    expect(rig.sticky(pull)?.body).toMatch(/^\+ newest$/m);
  });

  it("T267 signs in again when its token stopped working", async () => {
    rig.github.revokeTokens();
    const pull = await propose("revoked");
    await shown(pull);
    expect(comments(pull)).toBe(1);
  });
});

describe("while the Git host is down", () => {
  it("T274 T269 keeps the last good state, prunes nothing, and goes on when it is back", async () => {
    const rig = await createServerRig({
      files: { "web/config.yaml": configMap("web"), "web/other.yaml": configMap("other") },
    });
    try {
      await rig.arrives("web");
      await rig.settled();
      const key = { group: "", kind: "ConfigMap", namespace: NAMESPACE, name: "other" };
      const isLive = () => rig.clusters.get("in-cluster").control.get(key) !== undefined;
      const mend = rig.github.breakGit();
      await rig.push({ "web/other.yaml": undefined });
      await rig.server().resync();
      await rig.settled();
      expect(isLive()).toBe(true);
      expect(rig.status("web")).toMatchObject({ sync: "Synced" });
      mend();
      await rig.server().resync();
      await rig.until("it is pruned", () => (isLive() ? undefined : true));
    } finally {
      await rig.close();
    }
  });
});
