import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { configMap, createServerRig, type ServerRig } from "../../support/server-rig.ts";

describe("a push to one pull request's branch", () => {
  let rig: ServerRig;
  beforeAll(async () => {
    rig = await createServerRig();
  });
  afterAll(() => rig.close());

  it("asks nothing about the others, and once about its own", async () => {
    const other = await rig.propose({ "web/config.yaml": configMap("web", "other") }, "other");
    const own = await rig.propose({ "web/config.yaml": configMap("web", "first") }, "own");
    await rig.settled();
    // What was never followed is looked at once; from here on its tip is known.
    await rig.push({ "web/config.yaml": configMap("web", "second") }, "own");
    await rig.settled();
    rig.github.requests.clear();
    await rig.push({ "web/config.yaml": configMap("web", "third") }, "own");
    await rig.settled();
    const reads = (number: number) =>
      rig.github.requests.entries.filter(({ path }) => path === `/repos/octo/shop/pulls/${number}`).length;
    expect([reads(other.pull.number), reads(own.pull.number)]).toEqual([0, 1]);
  });
});
