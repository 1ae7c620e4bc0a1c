import { expect, it } from "vitest";
import { configMapYaml } from "../support/cli.ts";
import { APPLICATION, createSyncedApplication, deploymentYaml, jobYaml } from "../support/cli-sync.ts";
import { describeOnCluster } from "../support/cluster/describe-on-cluster.ts";

await describeOnCluster("plumbline sync, on a real cluster", "controllers", (cluster) => {
  it("creates, waits for Healthy, updates, and has nothing to do in between", async () => {
    const app = await createSyncedApplication(cluster());
    await app.commit({ "web.yaml": deploymentYaml("web"), "a.yaml": configMapYaml("a", "1") });
    const plan = await app.plan();
    expect(plan.code).toBe(1);
    expect(plan.json.tasks.map(({ phase, action, kind }) => [phase, action, kind])).toEqual([
      ["PreSync", "create", "Namespace"],
      ["Sync", "create", "ConfigMap"],
      ["Sync", "create", "Deployment"],
    ]);
    const first = await app.sync();
    expect(first).toMatchObject({ code: 0, json: { phase: "Succeeded", sync: "Synced", health: "Healthy" } });
    const live = await app.get("apis/apps/v1", "deployments/web");
    expect(live.metadata.annotations?.["argocd.argoproj.io/tracking-id"]).toBe(
      `${app.namespace}:apps/Deployment:${app.namespace}/web`,
    );
    expect(await app.plan()).toMatchObject({ code: 0 });
    await app.commit({ "web.yaml": deploymentYaml("web", { image: "web:2" }) });
    expect(await app.sync()).toMatchObject({ code: 0, json: { health: "Healthy" } });
    const image = (await app.get("apis/apps/v1", "deployments/web")).spec;
    expect(JSON.stringify(image)).toContain("web:2");
    await app.place.remove();
  });

  it("heals drift by syncing again", async () => {
    const app = await createSyncedApplication(cluster());
    await app.commit({ "a.yaml": configMapYaml("a", "1") });
    expect((await app.sync()).code).toBe(0);
    await app.patch("api/v1", "configmaps/a", { data: { v: "drifted" } });
    expect((await app.plan()).json.tasks.map(({ action, name }) => [action, name])).toContainEqual([
      "update",
      "a",
    ]);
    expect((await app.sync()).code).toBe(0);
    expect((await app.get("api/v1", "configmaps/a")).data).toEqual({ v: "1" });
    await app.place.remove();
  });

  it("prunes only when asked, and what cannot be had back only when confirmed", async () => {
    const app = await createSyncedApplication(cluster());
    const set = deploymentYaml("data").replace("kind: Deployment", "kind: StatefulSet");
    await app.commit({ "a.yaml": configMapYaml("a", "1"), "b.yaml": configMapYaml("b", "1"), "c.yaml": set });
    expect((await app.sync()).code).toBe(0);
    await app.commit({ "b.yaml": undefined, "c.yaml": undefined });

    const kept = await app.sync();
    expect(kept).toMatchObject({ json: { phase: "Succeeded", sync: "OutOfSync" } });
    expect(kept.json.withheld.map(({ name, reason }) => [name, reason]).sort()).toEqual([
      ["b", "PruneDisabled"],
      ["data", "PruneDisabled"],
    ]);
    await app.get("api/v1", "configmaps/b");

    const guarded = await app.sync("--prune");
    expect(guarded.json.withheld.map(({ name, reason }) => [name, reason])).toEqual([
      ["data", "ProtectedKind"],
    ]);
    await expect(app.get("api/v1", "configmaps/b")).rejects.toThrow("404");
    await app.get("apis/apps/v1", "statefulsets/data");

    const stale = await app.sync("--prune", "--confirm", "nonsense");
    expect(stale).toMatchObject({ code: 2, stdout: "" });
    expect(stale.stderr).toContain("plumbline sync: ConfirmationStale: ");
    await app.get("apis/apps/v1", "statefulsets/data");

    const confirmed = await app.sync("--prune", "--confirm", guarded.json.guardDigest ?? "");
    expect(confirmed.json).toMatchObject({ phase: "Succeeded", withheld: [] });
    // Foreground deletion: it goes when its pods are gone.
    const going = await app.get("apis/apps/v1", "statefulsets/data").catch(() => undefined);
    expect(going === undefined || going.metadata.deletionTimestamp !== undefined).toBe(true);
    await app.place.remove();
  });

  it("runs hooks and waves in order, and hooks once a sync", async () => {
    const app = await createSyncedApplication(cluster());
    await app.commit({
      "pre.yaml": jobYaml("migrate", { annotations: "argocd.argoproj.io/hook: PreSync" }),
      "web.yaml": deploymentYaml("web", { annotations: 'argocd.argoproj.io/sync-wave: "1"' }),
      "late.yaml": configMapYaml("late", "1", ', annotations: {argocd.argoproj.io/sync-wave: "2"}'),
      "post.yaml": jobYaml("notify", { annotations: "argocd.argoproj.io/hook: PostSync" }),
    });
    const { code, json } = await app.sync();
    expect({ code, health: json.health }).toEqual({ code: 0, health: "Healthy" });
    expect(json.tasks.map(({ task }) => task.split(":")[0])).toEqual([
      "PreSync /Namespace",
      "PreSync batch/Job",
      "Sync apps/Deployment",
      "Sync /ConfigMap",
      "PostSync batch/Job",
    ]);
    expect(json.tasks.every(({ status }) => status === "Synced")).toBe(true);
    await app.place.remove();
  });

  it("applies a definition and its first objects in one sync", async () => {
    const app = await createSyncedApplication(cluster());
    const kind = `Cli${crypto.randomUUID().slice(0, 6).replaceAll("-", "x")}`;
    const plural = `${kind.toLowerCase()}s`;
    await app.commit({
      "crd.yaml": `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: ${plural}.cli.example.test}
spec:
  group: cli.example.test
  scope: Namespaced
  names: {kind: ${kind}, plural: ${plural}}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}]
`,
      "cr.yaml": `apiVersion: cli.example.test/v1\nkind: ${kind}\nmetadata: {name: one}\nspec: {size: 3}\n`,
    });
    const { code, json, stderr } = await app.sync();
    expect({ code, sync: json.sync, stderr }).toMatchObject({ code: 0, sync: "Synced" });
    expect((await app.get("apis/cli.example.test/v1", `${plural}/one`)).spec).toEqual({ size: 3 });
    await app.place.remove();
  });

  it("syncs only what is selected", async () => {
    const app = await createSyncedApplication(cluster());
    await app.commit({ "a.yaml": configMapYaml("a", "1"), "b.yaml": configMapYaml("b", "1") });
    expect((await app.sync()).code).toBe(0);
    await app.commit({ "a.yaml": configMapYaml("a", "2"), "b.yaml": configMapYaml("b", "2") });
    const { code, json } = await app.sync("--resource", `:ConfigMap:${app.namespace}/a`);
    expect({ code, sync: json.sync }).toEqual({ code: 0, sync: "OutOfSync" });
    expect((await app.get("api/v1", "configmaps/a")).data).toEqual({ v: "2" });
    expect((await app.get("api/v1", "configmaps/b")).data).toEqual({ v: "1" });
    const wrong = await app.sync("--resource", "ConfigMap");
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining("SelectorInvalid") as string });
    const none = await app.sync("--resource", ":ConfigMap:c");
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining("NothingSelected") as string });
    await app.place.remove();
  });

  it("is late where it is not Healthy in time, and unhealthy where a hook fails", async () => {
    const app = await createSyncedApplication(cluster());
    await app.commit({
      "web.yaml": deploymentYaml("web", { podAnnotations: "plumbline.dev/pod: never-ready" }),
    });
    const late = await app.applyAll();
    expect(late).toMatchObject({ code: 1, json: { phase: "Succeeded", health: "Progressing" } });
    expect(late.json.message).toMatch(/^not Healthy within \d+ s: Deployment /);
    const hook = jobYaml("migrate", { annotations: "argocd.argoproj.io/hook: PreSync" }).replace(
      "template: {",
      "template: {metadata: {annotations: {plumbline.dev/pod: fail}}, ",
    );
    await app.commit({ "pre.yaml": hook, "b.yaml": configMapYaml("b", "1") });
    const failed = await app.sync();
    expect(failed).toMatchObject({ code: 1, json: { phase: "Failed" } });
    expect(failed.json.message).toContain("migrate");
    await expect(app.get("api/v1", "configmaps/b")).rejects.toThrow("404");
    await app.place.remove();
  });

  it("takes Ctrl-C for a wish to stop: the journal says so, and the same command goes on", async () => {
    const app = await createSyncedApplication(cluster());
    const suspended = { annotations: "argocd.argoproj.io/hook: PreSync", spec: "suspend: true" };
    await app.commit({ "pre.yaml": jobYaml("migrate", suspended), "a.yaml": configMapYaml("a", "1") });
    const ctrlC = new AbortController();
    const running = app.place.runWith({ interrupted: ctrlC.signal }, "sync", ...APPLICATION, "-o", "json");
    const hook = await eventually(() => app.get("apis/batch/v1", "jobs/migrate"));
    ctrlC.abort(new Error("interrupted"));
    const stopped = await running;
    expect(stopped.code).toBe(1);
    expect(JSON.parse(stopped.stdout)).toMatchObject({
      phase: "Running",
      message: "interrupted; the same command again carries it on",
    });
    await app.patch("apis/batch/v1", "jobs/migrate", { spec: { suspend: false } });
    const resumed = await app.sync();
    expect(resumed).toMatchObject({ code: 0, json: { phase: "Succeeded", health: "Healthy" } });
    expect(resumed.stderr).toContain("was interrupted: it is carried on");
    expect((await app.get("apis/batch/v1", "jobs/migrate")).metadata.uid).toBe(hook.metadata.uid);
    await app.place.remove();
  });
});

/** The answer, as soon as there is one. */
async function eventually<T>(ask: () => Promise<T>): Promise<T> {
  const { promise, resolve } = Promise.withResolvers<T>();
  const look = (): void => void ask().then(resolve, () => setTimeout(look, 50));
  look();
  return promise;
}
