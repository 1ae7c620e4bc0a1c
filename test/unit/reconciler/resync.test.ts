import { describe, expect, it } from "vitest";
import { readControlPlane } from "../../../src/config/control-plane.ts";
import type { PullRequest, Repository } from "../../../src/domain/github.ts";
import type { ReconcileRequest } from "../../../src/domain/reconcile-request.ts";
import type { Comments } from "../../../src/ports/comments.ts";
import type { ControlPlane } from "../../../src/ports/control-plane.ts";
import type { PullRequests } from "../../../src/ports/pull-requests.ts";
import type { ShownPreviews } from "../../../src/ports/shown-previews.ts";
import { createApplicationStates } from "../../../src/reconciler/application-states.ts";
import { createInstalled } from "../../../src/reconciler/installed.ts";
import type { Reconciler } from "../../../src/reconciler/reconciler.ts";
import { createRegistry } from "../../../src/reconciler/registry.ts";
import { createResync, type ResyncPorts } from "../../../src/reconciler/resync.ts";
import { createFakeClock } from "../../support/fake-clock.ts";
import { createRecordedLog } from "../../support/silent-log.ts";

const REPOSITORY: Repository = {
  id: 7,
  owner: "octo",
  name: "shop",
  installationId: 1,
  defaultBranch: "main",
  cloneUrl: "https://github.com/octo/shop.git",
  isPrivate: true,
};
const HOUR = 3_600_000;

/** GitHub with pull requests that say nothing, and whoever looks at them. */
async function rig() {
  const clock = createFakeClock();
  const controlPlane = readControlPlane([]);
  const pulls = new Map<number, PullRequest>();
  const looked: number[] = [];
  const asked: number[] = [];
  const state = { isAway: false };
  let told: string | undefined;
  const shown = new Set<string>();

  const pullRequests: Partial<PullRequests> = {
    listOpen: async () => [...pulls.values()].filter(({ state }) => state === "open"),
    listUpdated: async (_, since) => {
      asked.push(since);
      const found = [...pulls.values()].filter(({ updatedAt }) => updatedAt >= since);
      const tag = JSON.stringify([since, found.map(({ number, updatedAt }) => [number, updatedAt])]);
      if (tag === told) return { kind: "unchanged" };
      told = tag;
      return { kind: "changed", pullRequests: found };
    },
  };
  const comments: Partial<Comments> = {
    list: async () => {
      if (state.isAway) throw new TypeError("GitHub is away");
      return [];
    },
  };
  const reconciler: Partial<Reconciler> = {
    enqueueRefs: () => undefined,
    lookAgain(request: ReconcileRequest) {
      if (request.kind !== "PullRequest") return;
      looked.push(request.number);
      shown.add(pulls.get(request.number)?.head.sha ?? "");
    },
  };
  const shownPreviews: Partial<ShownPreviews> = {
    list: (_, number) =>
      [pulls.get(number)?.head.sha ?? ""]
        .filter((sha) => shown.has(sha))
        .map((headSha) => ({ headSha })) as unknown as ReturnType<ShownPreviews["list"]>,
  };
  const installed = createInstalled({ list: async () => [REPOSITORY], get: async () => REPOSITORY });
  await installed.refresh();
  const resync = createResync({
    clock,
    log: createRecordedLog(),
    installed,
    registry: createRegistry(controlPlane),
    states: createApplicationStates(),
    pullRequests,
    comments,
    finalizers: { list: () => [] },
    reconciler,
    shownPreviews,
    controlPlane: { refresh: async () => controlPlane } satisfies Partial<ControlPlane>,
  } as unknown as ResyncPorts);
  return {
    asked,
    clock,
    installed,
    resync,
    state,
    /** What a tick had looked at. */
    async tick() {
      await resync();
      return looked.splice(0);
    },
    update(number: number, overrides: Partial<PullRequest> = {}) {
      const head = { branch: "change", sha: `sha-${number}-${clock.now()}` };
      const base = { branch: "main", sha: "base" };
      pulls.set(number, {
        ...({ number, state: "open", isMerged: false, base, head, updatedAt: clock.now() } as PullRequest),
        ...overrides,
      });
    },
  };
}

describe("a tick", () => {
  it("looks at each pull request that was updated, once more when its second is over, and no more", async () => {
    const { clock, tick, update } = await rig();
    update(1);
    expect(await tick()).toEqual([1]);
    await clock.advance(180_000);
    update(2);
    expect(await tick()).toEqual([2]);
    await clock.advance(180_000);
    expect(await tick()).toEqual([]);
  });

  it("T269 looks at what GitHub told of while it could not be asked for more", async () => {
    const { clock, state, tick, update } = await rig();
    await tick();
    for (const number of [1, 2, 3]) update(number);
    state.isAway = true;
    expect(await tick()).toEqual([1]);
    await clock.advance(180_000);
    state.isAway = false;
    expect(await tick()).toEqual([2, 3]);
  });

  it("lets no pull request that cannot be looked at keep the others from it", async () => {
    const { state, tick, update } = await rig();
    await tick();
    for (const number of [1, 2, 3]) update(number);
    state.isAway = true;
    expect([await tick(), await tick(), await tick()]).toEqual([[1], [2], [3]]);
  });

  it("keeps in mind that a pull request was closed, however often an older look at it is repeated", async () => {
    const { installed, tick, update, clock } = await rig();
    update(1);
    await tick();
    installed.see(REPOSITORY.id, { number: 1, state: "closed", base: { branch: "main" } } as PullRequest);
    await clock.advance(1_000);
    await tick();
    expect(installed.openPulls(REPOSITORY.id)).toEqual([]);
  });

  it("asks for what was updated in the last days, however long ago it was started", async () => {
    const { asked, clock, tick, update } = await rig();
    for (let day = 0; day < 30; day += 1) {
      update(day + 1, { state: "closed" });
      await tick();
      await clock.advance(24 * HOUR);
    }
    expect(clock.now() - (asked.at(-1) ?? 0)).toBeLessThan(4 * 24 * HOUR);
    expect(new Set(asked).size).toBeLessThan(20);
  });
});
