import { describe, expect, it } from "vitest";

import { type DeletionInput, planDeletion } from "../../../src/domain/deletion-plan.ts";
import { withMetadata } from "../../../src/domain/manifest.ts";
import { DELETION_APPROVED } from "../../../src/domain/resources-finalizer.ts";
import { TRACKING_ANNOTATION } from "../../../src/domain/tracking.ts";
import { application } from "../../support/applications.ts";
import { lives, targets } from "../../support/manifests.ts";

const APPROVED = application({ annotations: { [DELETION_APPROVED]: "2026-11-23T10:00:00Z" } });

interface Case {
  readonly live?: string;
  readonly targets?: string;
  readonly application?: DeletionInput["application"];
  readonly cluster?: Partial<DeletionInput["cluster"]>;
}

/** `PreDelete create Job/backup, Sync prune Deployment/web, Sync skip(ProtectedKind) Namespace/shop`. */
function plan(given: Case): string {
  const tasks = planDeletion({
    application: given.application ?? application(),
    live: lives(given.live ?? ""),
    targets: targets(given.targets ?? ""),
    cluster: { isPermitted: () => true, isWanted: () => false, identity: "same", ...given.cluster },
    operation: { revision: "0123456789", startedAt: 1_000 },
  });
  return tasks
    .map((task) => {
      const action = task.action === "skip" ? `skip(${task.reason})` : task.action;
      return `${task.phase} ${action} ${task.key.kind}/${task.key.name}`;
    })
    .join(", ");
}

describe("planDeletion", () => {
  it.for<Case & { readonly name: string; readonly tasks: string }>([
    { name: "nothing of nothing", tasks: "" },
    {
      name: "the reverse of how objects are made",
      live: "ConfigMap/a Deployment/b Service/c",
      tasks: "Sync prune Deployment/b, Sync prune Service/c, Sync prune ConfigMap/a",
    },
    {
      name: "T287 the highest wave first",
      live: "ConfigMap/low{wave:-1} Deployment/high{wave:5} Service/mid",
      tasks: "Sync prune Deployment/high, Sync prune Service/mid, Sync prune ConfigMap/low",
    },
    {
      name: "T282 what is marked to stay stays, whoever approves",
      application: APPROVED,
      live: "ConfigMap/a{opt:Delete=false} ConfigMap/b{keep:keep} ConfigMap/c{opt:Prune=false}",
      tasks:
        "Sync skip(PruneProtected) ConfigMap/a, Sync skip(PruneProtected) ConfigMap/b, Sync skip(PruneProtected) ConfigMap/c",
    },
    {
      name: "what the whole Application marks to stay",
      application: application({ syncPolicy: { syncOptions: ["Delete=false"] } }),
      live: "ConfigMap/a",
      tasks: "Sync skip(PruneProtected) ConfigMap/a",
    },
    {
      name: "T281 what holds data stays",
      live: "Namespace/a PersistentVolumeClaim/b StatefulSet/c",
      tasks:
        "Sync skip(ProtectedKind) StatefulSet/c, Sync skip(ProtectedKind) PersistentVolumeClaim/b, Sync skip(ProtectedKind) Namespace/a",
    },
    {
      name: "what holds data, and what is to be confirmed, goes once approved",
      application: APPROVED,
      live: "Namespace/a StatefulSet/c ConfigMap/d{opt:Delete=confirm}",
      tasks: "Sync prune StatefulSet/c, Sync prune ConfigMap/d, Sync prune Namespace/a",
    },
    {
      name: "what is to be confirmed waits for it",
      live: "ConfigMap/d{opt:Delete=confirm}",
      tasks: "Sync skip(ConfirmationRequired) ConfigMap/d",
    },
    {
      name: "T285 what another Application wants is left for it to adopt",
      cluster: { isWanted: ({ name }) => name === "a" },
      live: "ConfigMap/a ConfigMap/b",
      tasks: "Sync skip(OwnedByAnotherApplication) ConfigMap/a, Sync prune ConfigMap/b",
    },
    {
      name: "nothing of another Application's that stands where a hook will",
      live: "Job/first{app:other}",
      targets: "Job/first{hook:PreDelete}",
      tasks: "PreDelete create Job/first",
    },
    {
      name: "what the project does not permit",
      cluster: { isPermitted: ({ kind }) => kind !== "Secret" },
      live: "Secret/a ConfigMap/b",
      tasks: "Sync prune ConfigMap/b, Sync skip(KindForbidden) Secret/a",
    },
    {
      name: "nothing where another cluster answers",
      cluster: { identity: "changed" },
      live: "ConfigMap/a",
      tasks: "Sync skip(ClusterIdentityChanged) ConfigMap/a",
    },
    {
      name: "PreDelete hooks before, PostDelete hooks after, other targets never",
      live: "ConfigMap/a",
      targets:
        "Job/last{hook:PostDelete} ConfigMap/a Job/first{hook:PreDelete} Job/sync{hook:PreSync} Job/helm{helm:pre-delete}",
      tasks:
        "PreDelete create Job/first, PreDelete create Job/helm, Sync prune ConfigMap/a, PostDelete create Job/last",
    },
    {
      name: "hooks of the deletion itself are not among what it deletes",
      live: "Job/first{hook:PreDelete} ConfigMap/a",
      targets: "Job/first{hook:PreDelete}",
      tasks: "PreDelete create Job/first, Sync prune ConfigMap/a",
    },
    {
      name: "hooks of syncs are",
      live: "Job/migrate{hook:PreSync}",
      tasks: "Sync prune Job/migrate",
    },
  ])("$name", ({ tasks, ...given }) => {
    expect(plan(given)).toBe(tasks);
  });

  it("keeps a CustomResourceDefinition, should it carry a tracking id, whoever approves", () => {
    const [definition] = lives("CustomResourceDefinition/widgets.example.com");
    const id = "shop:apiextensions.k8s.io/CustomResourceDefinition:shop/widgets.example.com";
    const annotations = { [TRACKING_ANNOTATION]: id };
    const tracked = definition && { ...definition, object: withMetadata(definition.object, { annotations }) };
    const [task] = planDeletion({
      application: APPROVED,
      live: tracked === undefined ? [] : [tracked],
      targets: [],
      cluster: { isPermitted: () => true, isWanted: () => false, identity: "same" },
      operation: { revision: "", startedAt: 0 },
    });
    expect(task).toMatchObject({ action: "skip", reason: "PruneProtected" });
  });

  it("leaves alone what a controller made with a copied tracking id", () => {
    const [copy] = lives("ConfigMap/parent");
    const moved = copy && { ...copy, key: { ...copy.key, name: "child" } };
    const tasks = planDeletion({
      application: application(),
      live: moved === undefined ? [] : [moved],
      targets: [],
      cluster: { isPermitted: () => true, isWanted: () => false, identity: "same" },
      operation: { revision: "", startedAt: 0 },
    });
    expect(tasks).toEqual([]);
  });
});
