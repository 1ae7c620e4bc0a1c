import { expect, it } from "vitest";

import { configMap, createServerRig, NAMESPACE } from "../../support/server-rig.ts";

const KEY = { group: "", kind: "ConfigMap", namespace: NAMESPACE, name: "web" };

it("T290 heals three times what somebody changes back each time, then says who does it, until a new commit", async () => {
  const rig = await createServerRig();
  try {
    await rig.arrives("web");
    await rig.settled();
    const cluster = rig.clusters.get("in-cluster").control;
    const flip = (): void => {
      if (rig.status("web")?.sync === "Synced") cluster.edit(KEY, { data: { value: "theirs" } }, "robot");
    };
    const stop = rig.server().states.subscribe(flip);
    flip();
    const status = await rig.until("it is said", () => {
      const now = rig.status("web");
      return now?.waitsFor.startsWith("is fought over") === true ? now : undefined;
    });
    expect(status.sync).toBe("OutOfSync");
    expect(status.waitsFor).toContain("`robot` changes `/data/value` of ConfigMap");
    await rig.settled();
    const writes = rig.log.filter((line) => line.includes('"cluster write"') && line.includes('"update"'));
    expect(writes).toHaveLength(3);
    expect(rig.log.filter((line) => line.includes("somebody else changes"))).toHaveLength(1);

    stop();
    await rig.push({ "web/config.yaml": configMap("web", "newer") });
    await rig.arrives("web");
    expect(cluster.get(KEY)).toMatchObject({ data: { value: "newer" } });
  } finally {
    await rig.close();
  }
});
