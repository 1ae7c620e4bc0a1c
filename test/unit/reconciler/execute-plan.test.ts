import { describe, expect, it } from "vitest";
import { liveManifestOf } from "../../../src/domain/manifest.ts";
import { OperationError } from "../../../src/errors/operation-error.ts";
import type { LiveState } from "../../../src/ports/cluster-reads.ts";
import { type Execution, executePlan } from "../../../src/reconciler/execute-plan.ts";
import type { WriteDoor } from "../../../src/reconciler/write-door.ts";
import { application, plan } from "../../support/applications.ts";
import { createFakeClock, settle } from "../../support/fake-clock.ts";
import { operation } from "../../support/operations.ts";

const TARGET = Array.from({ length: 100 }, (_, index) => `ConfigMap/c${index}`).join(" ");

/** A cluster that answers each write when it is told to. */
function rig() {
  const writes: PromiseWithResolvers<undefined>[] = [];
  let underWay = 0;
  const door: Partial<WriteDoor> = {
    write: async (_, { target }) => {
      const gate = Promise.withResolvers<undefined>();
      writes.push(gate);
      underWay += 1;
      try {
        await gate.promise;
      } finally {
        underWay -= 1;
      }
      return { live: liveManifestOf(target.object), takenFrom: [] };
    },
  };
  const live: Partial<LiveState> = {
    managed: () => ({ objects: [], staleKinds: [] }),
    observe: () => undefined,
    subscribe: () => () => undefined,
    watch: async () => undefined,
  };
  const execution: Execution = {
    tasks: plan({ target: TARGET }).tasks,
    clock: createFakeClock(),
    turns: { next: async () => undefined },
    signal: undefined,
    assess: () => undefined,
    performer: {
      door: door as WriteDoor,
      passage: { operation: operation(), application: application(), server: "https://kube.test" },
      live: live as LiveState,
      attempt: { operationId: "op1", retryCount: 0 },
      deletedUids: new Set(),
    },
    onStep: () => undefined,
  };
  return { execution, writes, underWay: () => underWay };
}

describe("a plan that is carried out", () => {
  it("begins no other write after the cluster stopped answering, and is over when none is under way", async () => {
    const { execution, underWay, writes } = rig();
    let end = "goes on";
    const done = executePlan(execution, []).catch((error: OperationError) => {
      end = error.reason;
    });
    await settle();
    const begun = writes.length;
    expect(begun).toBeGreaterThan(1);
    writes[0]?.reject(OperationError.of("ClusterUnreachable", { destination: "kube.test" }));
    await settle();
    expect([end, underWay()]).toEqual(["goes on", begun - 1]);
    for (const write of writes.slice(1)) write.resolve(undefined);
    await done;
    expect([end, writes.length, underWay()]).toEqual(["ClusterUnreachable", begun, 0]);
  });
});
