import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";

import { until } from "../../src/sandbox/demo/until.ts";
import { createGitHubDouble, type GitHubDouble } from "../../src/sandbox/github/github-double.ts";
import type { CheckRunState, CommentState, RepositoryState } from "../../src/sandbox/github/model.ts";
import type { PullPlace } from "../../src/sandbox/github/present-pull-request.ts";
import type { WorldEvent } from "../../src/sandbox/github/world.ts";
import { describeOnCluster } from "../support/cluster/describe-on-cluster.ts";
import type { TestCluster } from "../support/cluster/start-cluster.ts";
import { type FaultProxy, type ProxiedRequest, startFaultProxy } from "../support/fault-proxy.ts";
import { type ServedProcess, startServed } from "../support/served-process.ts";
import { applicationFile, configMap } from "../support/server-rig.ts";

const WAIT_MS = 240_000;
const NO_LIMITS = { pointsPerMinute: 1e6, contentPerMinute: 1e6, contentPerHour: 1e6 };
const NAMESPACE = "crash";

/** A hook that leaves a Job behind for every run. */
function hook(phase: string, value: string): string {
  const name = phase.toLowerCase();
  return `apiVersion: batch/v1
kind: Job
metadata:
  generateName: ${name}-
  labels: { hook: ${name} }
  annotations: { argocd.argoproj.io/hook: ${phase}, value: "${value}" }
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{ name: a, image: "registry.example/a:1" }]
`;
}

const LAST_WAVE = '{ argocd.argoproj.io/sync-wave: "3" }';

/** Three waves, two hooks, an object that comes and one that goes. */
function files(value: string, round: number): Record<string, string | undefined> {
  return {
    "web/before.yaml": hook("PreSync", value),
    "web/one.yaml": configMap("one", value, '{ argocd.argoproj.io/sync-wave: "1" }'),
    "web/two.yaml": configMap("two", value, '{ argocd.argoproj.io/sync-wave: "2" }'),
    [`web/passing-${round}.yaml`]: configMap(`passing-${round}`, value, LAST_WAVE),
    [`web/passing-${round - 1}.yaml`]: undefined,
    "web/after.yaml": hook("PostSync", value),
  };
}

await describeOnCluster("serve, killed at any line", "controllers", (cluster) => {
  let github: GitHubDouble;
  let proxy: FaultProxy;
  let shop: RepositoryState;
  let folder: string;
  let served: ServedProcess;
  let round = 0;
  let aheadMs = 0;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "plumbline-crash-"));
    proxy = await startFaultProxy(cluster());
    await writeFile(join(folder, "kubeconfig"), await kubeconfigThrough(proxy, cluster()));
    github = await createGitHubDouble({ now: () => Date.now() + aheadMs, limits: NO_LIMITS });
    const files = {
      "web/start.yaml": configMap("start"),
      "web/passing-0.yaml": configMap("passing-0", "start", LAST_WAVE),
      "asked/one.yaml": configMap("asked", "start"),
    };
    shop = await github.createRepository({ owner: "octo", name: "shop", files });
    await mkdir(join(folder, "control-plane"));
    for (const one of [{ name: "web" }, { name: "asked", automated: "" }]) {
      const text = applicationFile({ ...one, namespace: NAMESPACE }, github.cloneUrl(shop));
      await writeFile(join(folder, "control-plane", `${one.name}.yaml`), text);
    }
    await start();
    await seen("the first sync is done", () => (isThere("passing-0") ? true : undefined));
  });
  afterAll(async () => {
    served?.signal("SIGKILL");
    await served?.ended;
    await github?.close();
    await proxy?.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  });

  async function start(environment: Readonly<Record<string, string>> = {}): Promise<void> {
    served = await startServed({
      github,
      folder,
      controlPlane: join(folder, "control-plane"),
      stateDir: join(folder, "state"),
      kubeconfig: join(folder, "kubeconfig"),
      environment,
    });
  }

  /** Whether it has been asked for: one that arrives is told by nobody. */
  function isThere(name: string): boolean {
    return proxy.requests.some((request) => writeOf(request) === `PATCH configmaps/${name}`);
  }

  async function list(path: string): Promise<readonly Listed[]> {
    return ((await cluster().admin("GET", path)) as { items: readonly Listed[] }).items;
  }

  /** How many Jobs that hook has made so far: none of them is ever deleted. */
  async function jobs(): Promise<{ readonly pre: number; readonly post: number }> {
    const all = await list(`/apis/batch/v1/namespaces/${NAMESPACE}/jobs`);
    const count = (name: string) => all.filter(({ metadata }) => metadata.labels?.["hook"] === name).length;
    return { pre: count("presync"), post: count("postsync") };
  }

  async function data(): Promise<Record<string, string | undefined>> {
    const maps = await list(`/api/v1/namespaces/${NAMESPACE}/configmaps`);
    const ours = maps.filter(({ metadata: { name } }) => !["kube-root-ca.crt", "start"].includes(name));
    return Object.fromEntries(ours.map((map) => [map.metadata.name, map.data?.["value"]]));
  }

  async function propose(changes: Record<string, string | undefined>, branch: string): Promise<PullPlace> {
    aheadMs += 2_000;
    await github.push(shop, { by: "octo", branch, files: changes });
    return github.openPullRequest(shop, { by: "octo", title: branch, head: branch });
  }

  async function proposeRound(): Promise<PullPlace> {
    round += 1;
    return propose(files(`round-${round}`, round), `round-${round}`);
  }

  async function previewed(pull: PullPlace): Promise<PullPlace> {
    await seen("the preview is there", () => checks(pull).at(-1)?.conclusion && ours(pull)[0]);
    return pull;
  }

  function checks({ pull }: PullPlace): readonly CheckRunState[] {
    return [...shop.checkRuns.values()].filter(({ headSha }) => headSha === pull.headSha);
  }

  function ours({ pull }: PullPlace): readonly CommentState[] {
    return [...shop.comments.values()].filter(
      ({ pullNumber, author }) => pullNumber === pull.number && author.id === github.app.bot.id,
    );
  }

  function replies({ id }: CommentState): readonly CommentState[] {
    return [...shop.comments.values()].filter(({ body }) =>
      body.startsWith(`<!-- plumbline:reply ${id} -->`),
    );
  }

  function told(): string {
    return [...served.log.slice(-15).map((line) => JSON.stringify(line)), ...served.errors].join("\n");
  }

  function seen<T>(what: string, look: () => T | undefined): Promise<T> {
    return until(what, look, { subscribe: github.subscribe, timeoutMs: WAIT_MS, detail: told });
  }

  function arrived(sha: string): Promise<unknown> {
    return seen("the merge commit says success", () =>
      shop.statuses.find((one) => one.sha === sha && one.state === "success"),
    );
  }

  /** The last thing that is said of a merge. */
  function ended(pull: PullPlace): Promise<unknown> {
    return seen("the comment says that it has arrived", () =>
      ours(pull)[0]?.body.includes("1 Application is Synced and Healthy") === true ? true : undefined,
    );
  }

  /** Starts it anew each time it has ended, until `end` has come. */
  async function restartUntil(end: Promise<unknown>, meanwhile?: () => Promise<void>): Promise<void> {
    const isOver = end.then(() => "over" as const);
    while ((await Promise.race([isOver, served.ended])) !== "over") {
      await meanwhile?.();
      await start();
    }
  }

  async function makeByHand(name: string): Promise<void> {
    const object = { metadata: { name }, data: { value: "by hand" } };
    await cluster().admin("POST", `/api/v1/namespaces/${NAMESPACE}/configmaps`, object);
  }

  /**
   * Kills it at each write to the cluster, the first time it comes: in turn once the cluster has done it and nobody knows
   * yet, and before the cluster has it. @returns those writes, in order.
   */
  function killAtEachWrite(): readonly string[] {
    const points: string[] = [];
    const kill = (): void => served.signal("SIGKILL");
    proxy.inject((request) => {
      const point = writeOf(request);
      if (point === undefined || points.includes(point)) return undefined;
      points.push(point);
      if (points.length % 2 === 1) return { kind: "keep-answer", whenDone: kill };
      kill();
      return { kind: "silence" };
    });
    return points;
  }

  /** Kills it whenever GitHub has done something for it for the first time, and has not answered yet. */
  function killAtEachWord(): { readonly points: readonly string[]; readonly stop: () => void } {
    const points: string[] = [];
    const stop = github.subscribe((event) => {
      const point = wordOf(event);
      if (event.sender.id !== github.app.bot.id || points.includes(point)) return;
      points.push(point);
      served.signal("SIGKILL");
    });
    return { points, stop };
  }

  async function mustBeWhole(pull: PullPlace, before: { readonly pre: number; readonly post: number }) {
    const value = `round-${round}`;
    expect(await data()).toMatchObject({ one: value, two: value, [`passing-${round}`]: value });
    expect(await jobs()).toEqual({ pre: before.pre + 1, post: before.post + 1 });
    await ended(pull);
    expect(ours(pull)).toHaveLength(1);
    // A second run is one that a slow machine showed as being in progress, looking again after a kill.
    expect(new Set(checks(pull).map(({ conclusion }) => conclusion))).toEqual(new Set(["success"]));
  }

  it("T232 T235 goes on from a kill at each write to the cluster: hooks run once, nothing is doubled or lost", async () => {
    const pull = await previewed(await proposeRound());
    const before = await jobs();
    const points = killAtEachWrite();
    const sha = await github.merge(pull, "octo");
    await restartUntil(arrived(sha), async () => {
      // Somebody makes an object of the same name again, while nobody knows yet that the old one was deleted.
      if (points.at(-1) === "DELETE configmaps/passing-0") await makeByHand("passing-0");
    });
    proxy.heal();
    expect(points).toEqual([
      "PATCH jobs/presync",
      "PATCH jobs/presync finalizers",
      "PATCH configmaps/one",
      "PATCH configmaps/two",
      "DELETE configmaps/passing-0",
      "PATCH configmaps/passing-1",
      "PATCH jobs/postsync",
      "PATCH jobs/postsync finalizers",
    ]);
    await mustBeWhole(pull, before);
    expect(await data()).toMatchObject({ "passing-0": "by hand" });
  });

  it("T232 T234 goes on from a kill at each word to GitHub: nothing is said twice, and all of it in the end", async () => {
    const before = await jobs();
    const words = killAtEachWord();
    const pull = await proposeRound();
    await restartUntil(previewed(pull));
    // It was killed when the comment had been made: that it was shown is written down nowhere, and then it is merged.
    const sha = await github.merge(pull, "octo");
    await restartUntil(ended(pull));
    await arrived(sha);
    words.stop();
    // A slow machine says before that the check is under way.
    const always = ["check_run completed", "issue_comment created", "status pending", "issue_comment edited"];
    expect(words.points).toEqual(expect.arrayContaining([...always, "status success"]));
    await mustBeWhole(pull, before);
    expect(await data()).not.toHaveProperty("passing-1");
  });

  it("T232 T234 carries a command out once, and answers it once, through a kill at each word", async () => {
    const pull = await previewed(await propose({ "asked/one.yaml": configMap("asked", "new") }, "asked"));
    const sha = await github.merge(pull, "octo");
    await seen("the comment says that it waits for a command", () =>
      ours(pull)[0]?.body.includes("`/sync`") === true ? true : undefined,
    );
    aheadMs += 2_000;
    const words = killAtEachWord();
    const command = github.comment(pull, { by: "octo", body: "/sync asked" });
    await restartUntil(ended(pull));
    await arrived(sha);
    words.stop();
    expect(words.points).toEqual(expect.arrayContaining(["issue_comment created", "status success"]));
    expect(command.reactions.map(({ content }) => content)).toEqual(["eyes", "rocket"]);
    expect(await data()).toMatchObject({ asked: "new" });
    expect(replies(command)).toHaveLength(1);
    expect(ours(pull)).toHaveLength(2);
  });

  it("T239 ends in time after SIGTERM, though the cluster does not answer, and goes on at the next start", async () => {
    const pull = await previewed(await proposeRound());
    const before = await jobs();
    const reached = Promise.withResolvers<void>();
    proxy.inject((request) => {
      if (writeOf(request) !== "PATCH configmaps/two") return undefined;
      return { kind: "keep-answer", whenDone: reached.resolve };
    });
    const sha = await github.merge(pull, "octo");
    await reached.promise;
    proxy.heal();
    const at = performance.now();
    served.signal("SIGTERM");
    expect(await served.ended).toEqual({ code: 0, signal: null });
    expect(performance.now() - at).toBeLessThan(30_000);
    await start();
    await arrived(sha);
    await mustBeWhole(pull, before);
  });

  it("T237 goes on without a word when only the renderer is killed", async () => {
    const [renderer] = await served.children();
    if (renderer === undefined) throw new Error("there is no renderer");
    process.kill(renderer, "SIGKILL");
    const pull = await previewed(await proposeRound());
    expect(checks(pull).map(({ conclusion }) => conclusion)).toEqual(["success"]);
    expect(await served.children()).not.toContain(renderer);
  });

  it("says nothing, and writes nothing, when it is killed and started with nothing to do", async () => {
    served.signal("SIGKILL");
    await served.ended;
    await github.idle();
    const [asked, written] = [github.requests.entries.length, proxy.requests.length];
    await start();
    await seen("everything was looked at", () =>
      github.requests.entries.slice(asked).some(({ path }) => path.includes("/pulls?")) ? true : undefined,
    );
    served.signal("SIGTERM");
    await served.ended;
    const said = github.requests.entries.slice(asked).filter(({ method, path }) => isWord(method, path));
    expect(said).toEqual([]);
    expect(proxy.requests.slice(written).flatMap((request) => writeOf(request) ?? [])).toEqual([]);
  });
});

interface Listed {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly data?: Readonly<Record<string, string>>;
}

/** Signing in says nothing, nor does asking for a delivery once more. */
function isWord(method: string, path: string): boolean {
  return method !== "GET" && !path.includes("access_tokens") && !path.includes("/app/hook/");
}

/** `PATCH configmaps/one`, for requests that change something; names that are made up lose their end. */
function writeOf({ method, url }: ProxiedRequest): string | undefined {
  const { pathname, searchParams } = new URL(url, "http://cluster");
  if (method === "GET" || searchParams.has("dryRun") || pathname.includes("reviews")) return undefined;
  const what = pathname.split("/").slice(-2).join("/");
  return `${method} ${what.replace(/(presync|postsync)-.*/, "$1")}${searchParams.get("fieldManager") === "plumbline" ? " finalizers" : ""}`;
}

/** `status pending`, `issue_comment created`, … */
function wordOf({ event, action = "", fields }: WorldEvent): string {
  const state = typeof fields["state"] === "string" ? fields["state"] : "";
  return [event, action, state].filter((part) => part !== "").join(" ");
}

async function kubeconfigThrough({ server }: FaultProxy, cluster: TestCluster): Promise<string> {
  return (await readFile(cluster.kubeconfig, "utf8")).replaceAll(cluster.server, server);
}
