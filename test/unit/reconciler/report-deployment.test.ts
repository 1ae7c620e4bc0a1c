import { expect, it } from "vitest";

import { readControlPlane } from "../../../src/config/control-plane.ts";
import type { ApplicationStatus } from "../../../src/domain/application-status.ts";
import type { Repository } from "../../../src/domain/github.ts";
import type { Deployment } from "../../../src/ports/deployments.ts";
import { createApplicationStates } from "../../../src/reconciler/application-states.ts";
import type { Publisher } from "../../../src/reconciler/publisher.ts";
import { createRegistry } from "../../../src/reconciler/registry.ts";
import { createDeploymentTracker } from "../../../src/reconciler/report-deployment.ts";
import type { Revisions } from "../../../src/reconciler/revisions.ts";
import type { Reports } from "../../../src/report/reports.ts";
import { applicationYaml, DESTINATION, SOURCE } from "../../support/definitions.ts";
import { createFakeClock } from "../../support/fake-clock.ts";

const SHA = "0123456789012345678901234567890123456789";
const REPOSITORY: Repository = {
  id: 7,
  owner: "acme",
  name: "shop",
  installationId: 1,
  defaultBranch: "main",
  cloneUrl: "https://github.com/acme/shop.git",
  isPrivate: false,
};
const ADMITTING = `apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata:
  name: team
  namespace: argocd
  annotations: { plumbline.dev/definition-repos: "https://github.com/acme/*" }
spec: { sourceRepos: ["*"], destinations: [{ server: "*", namespace: "*" }] }
`;

function applicationText(name: string): string {
  return applicationYaml(`project: default\n${SOURCE}\n${DESTINATION}`, `{name: ${name}, namespace: argocd}`);
}

function synced(name: string): ApplicationStatus {
  return {
    namespace: "argocd",
    name,
    destination: "in-cluster / shop",
    revisions: [SHA],
    sync: "Synced",
    health: { status: "Healthy", message: "" },
    outOfSync: [],
    outOfSyncCount: 0,
    isAutomated: true,
    waitsFor: "",
    inputKey: "key",
    digest: "digest",
    observedAt: 0,
  };
}

/** A tracker just started, that had been telling of Applications before: `said` is what it says, names by `+`. */
function restarted(applications: readonly string[], ...documents: readonly string[]) {
  const text = documents.join("---\n");
  const registry = createRegistry(readControlPlane([{ file: "all.yaml", text }]));
  const states = createApplicationStates();
  const saved: Deployment[] = [];
  const said: string[] = [];
  const clock = createFakeClock();
  const told: Deployment = {
    installationId: 1,
    repositoryId: REPOSITORY.id,
    sha: SHA,
    pullRequests: [3],
    applications: applications.map((name) => `argocd/${name}`),
    startedAt: clock.now(),
    isOver: false,
  };
  const tracker = createDeploymentTracker({
    deployments: { load: () => [told], save: (one) => void saved.push(one), forgetBefore: () => undefined },
    repositories: { get: async () => REPOSITORY, list: async () => [REPOSITORY] },
    registry,
    revisions: {} as Revisions,
    states,
    publisher: {
      status: async () => undefined,
      progress: async (_, text_) => void said.push(text_),
    } as Partial<Publisher> as Publisher,
    reports: {
      statuses: () => [],
      progress: ({ statuses }: { readonly statuses: readonly ApplicationStatus[] }) =>
        statuses.map(({ name }) => name).join("+"),
    } as unknown as Reports,
    clock,
    installed: () => [REPOSITORY],
  });
  const report = () => tracker.report(`${REPOSITORY.id}/${SHA}`);
  return { registry, states, saved, said, report };
}

it("says nothing after a start while one of the Applications has not been looked at", async () => {
  const { report, states, said, saved } = restarted(
    ["web", "api"],
    applicationText("web"),
    applicationText("api"),
  );
  states.set("argocd/web", synced("web"));
  expect(await report()).toEqual({ requeueAfterMs: 10_000 });
  expect({ said, saved }).toEqual({ said: [], saved: [] });
  states.set("argocd/api", synced("api"));
  expect(await report()).toBeUndefined();
  expect(said).toEqual(["web+api"]);
  expect(saved).toMatchObject([{ isOver: true }]);
});

it("takes an Application that is not defined any more for gone", async () => {
  const { report, states, said } = restarted(["web", "gone"], applicationText("web"));
  states.set("argocd/web", synced("web"));
  expect(await report()).toBeUndefined();
  expect(said).toEqual(["web"]);
});

it("takes none for gone while a repository that may define it has not been read", async () => {
  const { report, registry, said, saved } = restarted(["ours"], ADMITTING);
  expect(await report()).toEqual({ requeueAfterMs: 10_000 });
  expect({ said, saved }).toEqual({ said: [], saved: [] });
  registry.replaceRepository(REPOSITORY.id, []);
  expect(await report()).toBeUndefined();
  expect(saved).toMatchObject([{ isOver: true }]);
});

it("takes none for gone while a file that may define it cannot be read", async () => {
  const { report, saved } = restarted(["web"], "kind: Application\n  broken: [\n");
  expect(await report()).toEqual({ requeueAfterMs: 10_000 });
  expect(saved).toEqual([]);
});
