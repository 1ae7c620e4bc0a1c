import { describe, expect, it } from "vitest";
import { readControlPlane } from "../../../src/config/control-plane.ts";
import type { ApplicationStatus } from "../../../src/domain/application-status.ts";
import type { GitRepository } from "../../../src/ports/git.ts";
import { createApplicationStates } from "../../../src/reconciler/application-states.ts";
import { type FollowRefsPorts, followRefs } from "../../../src/reconciler/follow-refs.ts";
import { createRegistry } from "../../../src/reconciler/registry.ts";
import type { Revisions, SourceTree } from "../../../src/reconciler/revisions.ts";
import { createRecordedLog } from "../../support/silent-log.ts";

const URL = "https://github.com/octo/shop.git";
const ID = "argocd/web";

const DEFINITION = `
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: web, namespace: argocd }
spec:
  project: default
  source: { repoURL: ${URL}, path: web, targetRevision: main }
  destination: { server: https://kubernetes.default.svc, namespace: web }
`;

function statusAt(revision: string, changes: Partial<ApplicationStatus> = {}): ApplicationStatus {
  return {
    namespace: "argocd",
    name: "web",
    destination: "in-cluster / web",
    revisions: [revision],
    sync: "Synced",
    health: { status: "Healthy", message: "" },
    outOfSync: [],
    outOfSyncCount: 0,
    isAutomated: false,
    waitsFor: "",
    inputKey: "",
    digest: "",
    observedAt: 0,
    ...changes,
  };
}

/** An Application last compared at `old`, whose branch points at `new` by now, where `changed` paths differ. */
function rig(changed: readonly string[]) {
  const states = createApplicationStates();
  states.set(ID, statusAt("old"));
  const enqueued: string[] = [];
  const begun: string[] = [];
  const compared = Promise.withResolvers<undefined>();
  const mirror: Partial<GitRepository> = {
    key: "shop",
    changedPaths: async () => {
      await compared.promise;
      return changed;
    },
  };
  const repository = mirror as GitRepository;
  const revisions: Partial<Revisions> = {
    refresh: async () => 1,
    resolve: async () => ({ sha: "new", ref: "refs/heads/main" }),
    open: async () => repository,
    treeAt: async (_, sha): Promise<SourceTree> => ({ repository, sha, tree: `tree of ${sha}`, ref: "" }),
  };
  const ports = {
    revisions,
    states,
    registry: createRegistry(readControlPlane([{ file: "web.yaml", text: DEFINITION }])),
    affected: {
      isKnown: () => true,
      affectedBy: (_: string, paths: readonly string[]) => new Set(paths.includes("web/a.yaml") ? [ID] : []),
    },
    deployments: { begin: ({ sha }: { readonly sha: string }) => void begun.push(sha) },
    installed: () => ({ id: 7, installationId: 1, cloneUrl: URL }),
    openPulls: () => [],
    followed: new Map(),
    baseTips: new Map(),
    enqueueApplication: (id: string) => void enqueued.push(id),
    onBaseTip: () => undefined,
    finalizers: { list: () => [], forget: () => undefined },
    log: createRecordedLog(),
  } as unknown as FollowRefsPorts;
  const follow = async (meanwhile: () => void = () => undefined) => {
    const done = followRefs(URL, ports);
    await new Promise((resolve) => setImmediate(resolve));
    meanwhile();
    compared.resolve(undefined);
    await done;
  };
  return { begun, enqueued, follow, states };
}

describe("a branch that has moved", () => {
  it("has the Applications looked at that read what changed, and their way told", async () => {
    const { begun, enqueued, follow, states } = rig(["web/a.yaml"]);
    await follow();
    expect([enqueued, begun, states.get(ID)?.revisions]).toEqual([[ID], ["new"], ["old"]]);
  });

  it("says the same of the others as the commit before did", async () => {
    const { begun, enqueued, follow, states } = rig(["README.md"]);
    await follow();
    expect([enqueued, begun]).toEqual([[], []]);
    expect(states.get(ID)).toEqual(statusAt("new"));
  });

  it.for([
    { name: "at the revision before", seen: "old", is: "new" },
    { name: "at the new one", seen: "new", is: "new" },
    { name: "at one that is newer still", seen: "newer", is: "newer" },
  ])("keeps what a look found out meanwhile, $name", async ({ seen, is }) => {
    const { follow, states } = rig(["README.md"]);
    await follow(() => states.set(ID, statusAt(seen, { sync: "OutOfSync", outOfSyncCount: 1 })));
    expect(states.get(ID)).toEqual(statusAt(is, { sync: "OutOfSync", outOfSyncCount: 1 }));
  });
});
