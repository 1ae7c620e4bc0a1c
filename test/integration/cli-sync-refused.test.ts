import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applicationYaml, type CliPlace, configMapYaml, createCliPlace } from "../support/cli.ts";
import { APPLICATION, createSyncedApplication, deploymentYaml } from "../support/cli-sync.ts";
import { describeOnCluster } from "../support/cluster/describe-on-cluster.ts";

describe("plumbline sync without a cluster", () => {
  let place: CliPlace;
  beforeAll(async () => {
    place = await createCliPlace();
    await place.repository.commit({ "plain/a.yaml": configMapYaml("a", "1") });
    await place.write({ "app.yaml": applicationYaml({ syncOptions: ["CreateNamespace=true"] }) });
  });
  afterAll(() => place.remove());

  it("plans against an empty one, and says so", async () => {
    const { code, stdout, stderr } = await place.run("sync", ...APPLICATION, "--dry-run", "-o", "json");
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      application: "shop",
      revision: await place.repository.id("HEAD"),
      tasks: [
        {
          phase: "PreSync",
          wave: 0,
          action: "create",
          group: "",
          version: "v1",
          kind: "Namespace",
          namespace: "",
          name: "shop",
        },
        {
          phase: "Sync",
          wave: 0,
          action: "create",
          group: "",
          version: "v1",
          kind: "ConfigMap",
          namespace: "shop",
          name: "a",
        },
      ],
    });
    expect(stderr).toBe(
      "warning: there is no kubeconfig: planned against an empty cluster, with a built-in table of kinds",
    );
  });

  it("says where it looked for one", async () => {
    const nowhere = { environment: { KUBECONFIG: join(place.folder, "nowhere") } };
    const { code, stderr } = await place.runWith(nowhere, "sync", "--dry-run", ...APPLICATION);
    expect(code).toBe(1);
    expect(stderr).toContain("warning: `KUBECONFIG` names no file with a current context: planned against");
    const named = await place.run("sync", "--dry-run", ...APPLICATION, "--kubeconfig", "nowhere");
    expect(named.code).toBe(2);
    expect(named.stderr).toContain("nowhere` does not exist, or names no current context");
  });

  it("syncs to none", async () => {
    const { code, stdout, stderr } = await place.run("sync", ...APPLICATION);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("plumbline sync: ClusterNotGiven: ");
  });
});

await describeOnCluster("plumbline sync, refused", "api-server", (cluster) => {
  const project = `apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: {name: shop, namespace: argocd}
spec:
  sourceRepos: ["*"]
  destinations: [{server: "*", namespace: elsewhere}]
`;

  it.for<[string, string, (text: string) => string]>([
    [
      "a cluster that is not at hand",
      "DestinationRefused",
      (text) => text.replace("https://kubernetes.default.svc", "https://10.1.2.3:6443"),
    ],
    [
      "a place its project forbids",
      "ProjectForbids",
      (text) => `${project}---\n${text.replace("project: default", "project: shop")}`,
    ],
    [
      "a project that is not defined beside others",
      "ProjectUnknown",
      (text) => `${project}---\n${text.replace("project: default", "project: other")}`,
    ],
    [
      "fields that protect and are not honoured yet",
      "PreviewOnly",
      (text) =>
        text.replace("info: []", "ignoreDifferences: [{kind: ConfigMap, jqPathExpressions: [.data]}]"),
    ],
    ["a path that is missing", "PathMissing", (text) => text.replace("path: app", "path: nowhere")],
  ])("names %s, and leaves no trace", async ([, reason, change]) => {
    const app = await createSyncedApplication(cluster());
    await app.commit({ "a.yaml": configMapYaml("a", "1") });
    const file = join(app.place.folder, "app.yaml");
    await app.place.write({ "app.yaml": change(await readFile(file, "utf8")) });
    const { code, stdout, stderr } = await app.sync();
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(`plumbline sync: ${reason}: `);
    await expect(app.get("api/v1", "configmaps/a")).rejects.toThrow("404");
    await app.place.remove();
  });

  it("names a cluster that does not answer", async () => {
    const app = await createSyncedApplication(cluster());
    await app.commit({ "a.yaml": configMapYaml("a", "1") });
    const kubeconfig = await readFile(cluster().kubeconfig, "utf8");
    await app.place.write({ dead: kubeconfig.replaceAll(cluster().server, "https://127.0.0.1:9") });
    const dead = { environment: { KUBECONFIG: join(app.place.folder, "dead") } };
    for (const argv of [[], ["--dry-run"]]) {
      const { code, stdout, stderr } = await app.place.runWith(dead, "sync", ...APPLICATION, ...argv);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toContain(
        "plumbline sync: ClusterUnreachable: Cluster `https://127.0.0.1:9` did not answer",
      );
    }
    await app.place.remove();
  });

  it("goes where --kubeconfig and --context say, not where the environment does", async () => {
    const app = await createSyncedApplication(cluster());
    await app.commit({ "a.yaml": configMapYaml("a", "1") });
    const text = await readFile(cluster().kubeconfig, "utf8");
    await app.place.write({ here: text.replace(/current-context: .*/, "current-context: elsewhere") });
    const dead = { environment: { KUBECONFIG: join(app.place.folder, "here") } };
    const context = /current-context: (?<name>\S+)/.exec(text)?.groups?.["name"] ?? "";
    const argv = ["sync", "--dry-run", ...APPLICATION] as const;
    expect(await app.place.runWith(dead, ...argv)).toMatchObject({ code: 2 });
    expect(await app.place.runWith(dead, ...argv, "--context", context)).toMatchObject({
      code: 1,
      stderr: "",
    });
    const inPod = { environment: { ...dead.environment, KUBERNETES_SERVICE_HOST: "127.0.0.1" } };
    const named = ["--kubeconfig", "here", "--context", context];
    expect(await app.place.runWith(inPod, ...argv, ...named)).toMatchObject({ code: 1, stderr: "" });
    await app.place.remove();
  });

  it("tells what the cluster rejects object by object: a missing namespace, an immutable field", async () => {
    const homeless = await createSyncedApplication(cluster(), { syncOptions: [] });
    await homeless.commit({ "a.yaml": configMapYaml("a", "1") });
    const missing = await homeless.sync();
    expect(missing).toMatchObject({ code: 1, json: { phase: "Failed" } });
    expect(missing.stderr).toContain("CreateNamespace=true");
    await homeless.place.remove();

    const app = await createSyncedApplication(cluster());
    await app.commit({ "web.yaml": deploymentYaml("web") });
    expect((await app.applyAll()).json.phase).toBe("Succeeded");
    await app.commit({
      "web.yaml": deploymentYaml("web", { selector: "other" }),
      "b.yaml": configMapYaml("b", "1"),
    });
    const immutable = await app.applyAll();
    expect(immutable).toMatchObject({ code: 1, json: { phase: "Failed" } });
    expect(immutable.stderr).toMatch(/Deployment.*immutable/s);
    await app.place.remove();
  });

  it("shows drift and dry run beside a diff, against the base and whatever is checked out", async () => {
    const app = await createSyncedApplication(cluster());
    await app.commit({ "a.yaml": configMapYaml("a", "1") });
    expect((await app.sync()).code).toBe(0);
    await app.patch("api/v1", "configmaps/a", { data: { v: "drifted" } });
    await app.place.repository.git("checkout", "-q", "-b", "change");
    await app.commit({ "a.yaml": configMapYaml("a", "2"), "bad.yaml": deploymentYaml("Not A Name") });
    const revisions = ["--base", "main", "--head", "change", "--live"];
    const { code, stdout } = await app.place.run("diff", ...APPLICATION, ...revisions, "-o", "json");
    expect(code).toBe(1);
    const [shown] = (JSON.parse(stdout) as { applications: readonly Record<string, unknown>[] }).applications;
    expect(shown).toMatchObject({
      drift: { sync: "OutOfSync", revision: await app.place.repository.id("main"), objects: [{ name: "a" }] },
      dryRun: { rejected: [{ object: expect.stringContaining("Not A Name") as string }] },
    });
    expect((await app.get("api/v1", "configmaps/a")).data).toEqual({ v: "drifted" });

    // What the base does not have yet has not drifted: only the dry run is asked.
    await app.place.write({
      "new.yaml": applicationYaml({ name: "new", path: "new", namespace: app.namespace }),
    });
    await app.place.repository.commit({ "new/fresh.yaml": configMapYaml("fresh", "1") });
    const added = await app.place.run("diff", "-f", "new.yaml", "--repo", "repo", ...revisions, "-o", "json");
    expect(added).toMatchObject({ code: 1, stderr: "" });
    expect(JSON.parse(added.stdout)).toMatchObject({
      applications: [{ dryRun: { tasks: [{ action: "create" }] } }],
    });
    await app.place.remove();
  });
});
