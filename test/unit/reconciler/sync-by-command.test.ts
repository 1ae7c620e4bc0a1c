import { describe, expect, it } from "vitest";
import { readControlPlane } from "../../../src/config/control-plane.ts";
import type { Operation } from "../../../src/domain/operation.ts";
import type { Order } from "../../../src/reconciler/obey-comment.ts";
import { createRegistry } from "../../../src/reconciler/registry.ts";
import { type SyncCommandPorts, syncByCommand } from "../../../src/reconciler/sync-by-command.ts";
import { operation } from "../../support/operations.ts";

const ID = "argocd/web";
const OWN = `comment-12-${ID}`;

function definition(syncOptions: readonly string[]): string {
  return `
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: web, namespace: argocd }
spec:
  project: default
  source: { repoURL: "https://github.com/octo/shop.git", path: web, targetRevision: main }
  destination: { server: https://kubernetes.default.svc, namespace: web }
  syncPolicy: { syncOptions: [${syncOptions.join(", ")}] }
`;
}

interface World {
  /** Input key that the preview showed; none for an Application that was not part of it. */
  readonly shown?: string;
  readonly syncOptions?: readonly string[];
  /** Newest first. */
  readonly history?: readonly Operation[];
  readonly dryRun?: boolean;
}

/** What `/sync` comes to, where the tip of the branch renders from inputs called `now`. */
async function order({ shown = "now", syncOptions = [], history = [], dryRun = false }: World) {
  const started: Operation[] = [];
  const ports = {
    registry: createRegistry(readControlPlane([{ file: "web.yaml", text: definition(syncOptions) }])),
    revisions: { refresh: async () => 1, treesOf: async () => [{ sha: "tip" }] },
    operations: { history: () => history, start: (one: Operation) => void started.push(one) },
    clock: { now: () => 1_000 },
    previews: {
      render: async () => ({ inputKey: "now", state: { digest: "digest", revisions: ["tip"] } }),
    },
    live: { dryRun: async () => ({ tasks: [], guardDigest: "", rejected: [], untried: [] }) },
    enqueueApplication: () => undefined,
  } as unknown as SyncCommandPorts;
  const given = {
    comment: { id: 12, authorLogin: "alice" },
    repository: { owner: "octo", name: "shop" },
    pull: { number: 3 },
    shown: { applications: shown === "" ? {} : { [ID]: { inputKey: shown, digest: "", guardDigest: "" } } },
  } as unknown as Order;
  const command = { verb: "sync", applications: [], prune: true, confirm: "abc", dryRun } as const;
  const result = await syncByCommand(command, { order: given, ids: [ID] }, ports);
  return {
    started,
    told: [
      ...result.started.map((id) => `started ${id}`),
      ...result.plans.map(({ application }) => `planned ${application}`),
      ...result.refusals.map(({ problem }) => problem.reason),
    ].join(", "),
  };
}

describe("a sync that was ordered", () => {
  it("has its intent written down, pinned to what was rendered and named after the comment", async () => {
    const { started, told } = await order({});
    expect(told).toBe(`started ${ID}`);
    expect(started).toMatchObject([
      {
        id: OWN,
        application: ID,
        phase: "Running",
        request: {
          revisions: ["tip"],
          digest: "digest",
          inputKey: "now",
          prune: true,
          confirm: "abc",
          initiator: { kind: "command", login: "alice", commentId: 12, repository: "octo/shop", number: 3 },
        },
      },
    ]);
  });

  it.for<{ name: string; world: World; told: string }>([
    { name: "other inputs were shown", world: { shown: "before" }, told: "InputsChanged" },
    { name: "it was not part of the preview", world: { shown: "" }, told: "NotShown" },
    {
      name: "it asks for protection that is not honoured",
      world: { syncOptions: ["RespectIgnoreDifferences=true"] },
      told: "PreviewOnly",
    },
    {
      name: "another operation is under way",
      world: { history: [operation({ id: "other" })] },
      told: "OperationRunning",
    },
  ])("is refused where $name", async ({ world, told }) => {
    expect(await order(world)).toEqual({ told, started: [] });
  });

  it.for<{ name: string; history: readonly Operation[] }>([
    { name: "goes on", history: [operation({ id: OWN })] },
    {
      name: "has ended since",
      history: [operation({ id: "newer" }), operation({ id: OWN, phase: "Failed" })],
    },
  ])("is not begun again where it was, and $name, whatever was pushed since", async ({ history }) => {
    expect(await order({ history, shown: "before" })).toEqual({ told: `started ${ID}`, started: [] });
  });

  it("may be tried while another one is under way, and after it was carried out", async () => {
    const history = [operation({ id: "other" }), operation({ id: OWN, phase: "Succeeded" })];
    expect(await order({ history, dryRun: true })).toEqual({ told: "planned web", started: [] });
  });
});
