import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { createSystemClock } from "../../src/adapters/system/clock.ts";
import type { Environment } from "../../src/config/environment.ts";
import type { ApplicationStatus } from "../../src/domain/application-status.ts";
import { until } from "../../src/sandbox/demo/until.ts";
import {
  createEmbeddedClusters,
  type EmbeddedClusters,
} from "../../src/sandbox/embedded-cluster/embedded-clusters.ts";
import type { FileChanges } from "../../src/sandbox/github/git-store.ts";
import { createGitHubDouble, type GitHubDouble } from "../../src/sandbox/github/github-double.ts";
import type { CheckRunState, CommentState, RepositoryState } from "../../src/sandbox/github/model.ts";
import type { PullPlace } from "../../src/sandbox/github/present-pull-request.ts";
import type { LoggedRequest } from "../../src/sandbox/github/request-log.ts";
import { type RunningServer, startServer } from "../../src/wiring/serve.ts";

/** An Application of the rig: `path` of the rig's repository, synced by itself unless told otherwise. */
export interface RigApplication {
  readonly name: string;
  readonly path?: string;
  /** What stands behind `automated:`; `""` for none. */
  readonly automated?: string;
  readonly project?: string;
  readonly server?: string;
  readonly repoURL?: string;
  readonly targetRevision?: string;
  readonly namespace?: string;
  readonly syncOptions?: readonly string[];
  readonly finalizers?: readonly string[];
  readonly annotations?: Readonly<Record<string, string>>;
  /** Lines of `syncPolicy` beside the others, indented by four. */
  readonly policy?: string;
}

export interface ServerRigOptions {
  readonly applications?: readonly RigApplication[];
  readonly files?: FileChanges;
  /** More files of the control plane, for the clone URL of the repository. */
  readonly controlPlane?: (cloneUrl: string) => Readonly<Record<string, string>>;
  readonly clusters?: readonly { readonly name: string; readonly server: string }[];
  /** A real cluster instead of the embedded ones: the file's current context. */
  readonly kubeconfig?: string;
  readonly reconcileMs?: number;
  readonly logLevel?: Environment["logLevel"];
  /** Nobody waits half a minute in a test; given where the waiting itself matters. */
  readonly deletionGraceMs?: number;
  /** GitHub's own limits on writes; out of the way unless asked for, for a file of tests writes more than a team. */
  readonly limits?: "github's" | "none";
  /** Before the server starts. */
  readonly prepare?: (rig: Pick<ServerRig, "github" | "shop">) => Promise<void>;
}

/** Plumbline, listening to a GitHub double and syncing embedded clusters. */
export interface ServerRig {
  readonly github: GitHubDouble;
  /** The repository; `octo` owns it, `alice` may write, `eve` may read. */
  readonly shop: RepositoryState;
  readonly clusters: EmbeddedClusters;
  /** The running one; another after {@link restart}. */
  server(): RunningServer;
  /** Lines of the log, JSON. */
  readonly log: readonly string[];
  readonly stateDir: string;
  /** Resolves when GitHub has told all, and nothing runs or waits. */
  settled(): Promise<void>;
  /** Waits, woken by what happens, until `look` finds something. */
  until<T>(what: string, look: () => T | undefined): Promise<T>;
  /** Waits until an Application is as said. */
  arrives(name: string, sync?: string, health?: string): Promise<ApplicationStatus>;
  status(name: string): ApplicationStatus | undefined;
  define(file: string, text: string): Promise<void>;
  undefine(file: string): Promise<void>;
  push(files: FileChanges, branch?: string): Promise<string>;
  /** A branch with that change, and a pull request of it by `alice`. */
  propose(files: FileChanges, branch?: string): Promise<PullPlace>;
  /** Written in a later second than anything before. */
  say(pull: PullPlace, body: string, by?: string): CommentState;
  /** Moves GitHub's time on: its times have whole seconds only. */
  later(ms?: number): void;
  sticky(pull: PullPlace): CommentState | undefined;
  reply(comment: CommentState): CommentState | undefined;
  reactions(comment: CommentState): readonly string[];
  checks(sha: string): readonly CheckRunState[];
  /** Statuses of a commit, oldest first: `web pending OutOfSync …`. */
  statuses(sha: string): readonly string[];
  /** Writes to GitHub so far, tokens apart. */
  writes(): readonly LoggedRequest[];
  /** Stops, does what is to happen meanwhile, and starts again. */
  restart(meanwhile?: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

export const NAMESPACE = "rig";
const WAIT_MS = 90_000;
const NO_LIMITS = { pointsPerMinute: 1e6, contentPerMinute: 1e6, contentPerHour: 1e6 };

export async function createServerRig(options: ServerRigOptions = {}): Promise<ServerRig> {
  const time = { aheadMs: 0 };
  const github = await createGitHubDouble({
    now: () => Date.now() + time.aheadMs,
    ...(options.limits === "github's" ? {} : { limits: NO_LIMITS }),
  });
  const folder = await mkdtemp(join(tmpdir(), "plumbline-server-"));
  const shop = await github.createRepository({
    owner: "octo",
    name: "shop",
    files: options.files ?? { "web/config.yaml": configMap("web") },
  });
  for (const [login, role] of [
    ["alice", "write"],
    ["eve", "read"],
  ] as const) {
    github.createUser(login);
    github.grant(shop, login, role);
  }
  const controlPlane = join(folder, "control-plane");
  const define = async (file: string, text: string): Promise<void> => {
    await mkdir(dirname(join(controlPlane, file)), { recursive: true });
    await writeFile(join(controlPlane, file), text);
  };
  await mkdir(controlPlane);
  const cloneUrl = github.cloneUrl(shop);
  for (const one of options.applications ?? [{ name: "web" }])
    await define(`${one.name}.yaml`, applicationFile(one, cloneUrl));
  for (const [file, text] of Object.entries(options.controlPlane?.(cloneUrl) ?? {})) await define(file, text);
  await options.prepare?.({ github, shop });

  const clusters = createEmbeddedClusters({
    clock: createSystemClock(),
    ...(options.clusters === undefined ? {} : { servers: options.clusters }),
  });
  const log: string[] = [];
  const settings: Environment = {
    appId: github.app.id,
    privateKey: github.app.privateKey,
    webhookSecret: github.app.webhookSecret,
    port: 0,
    host: "127.0.0.1",
    logLevel: options.logLevel ?? "debug",
    githubApiUrl: github.apiUrl,
    githubUrl: github.url,
    controlPlane: { kind: "directory", directory: controlPlane },
    stateDirectory: join(folder, "state"),
    reconcileMs: options.reconcileMs ?? 3_600_000,
    mode: "sync",
    warnings: [],
  };
  const embedded = {
    open: (server: string) => clusters.get(server),
    define: () => undefined,
    close: async () => undefined,
  };
  const start = async (): Promise<RunningServer> => {
    const started = await startServer({
      settings,
      environment: { PATH: process.env["PATH"], KUBECONFIG: options.kubeconfig ?? "/dev/null" },
      writeLog: (line) => log.push(line.trimEnd()),
      protocols: ["http", "https"],
      // What makes the first previews of a day fast costs two seconds of computing, and no test looks at it.
      renderer: { workers: 1, spares: 0, warmUp: false },
      deletionGraceMs: options.deletionGraceMs ?? 0,
      ...(options.limits === "github's" ? {} : { githubLimits: NO_LIMITS }),
      ...(options.kubeconfig === undefined ? { clusters: embedded } : {}),
    });
    github.app.webhookUrl = `http://127.0.0.1:${started.port}/api/github/webhooks`;
    return started;
  };
  let server = await start();

  const subscribe = (changed: () => void): (() => void) => {
    const stops = [github.subscribe(changed), server.states.subscribe(changed)];
    return () => {
      for (const stop of stops) stop();
    };
  };
  const status = (name: string): ApplicationStatus | undefined =>
    server.states.list().find(([, one]) => one.name === name)?.[1];
  const detail = (): string =>
    [
      ...server.states
        .list()
        .map(
          ([id, { sync, health, problem, waitsFor, operation }]) =>
            `  ${id}: ${sync}, ${health.status} ${health.message} ${problem?.title ?? waitsFor} ${operation?.phase ?? ""} ${operation?.message ?? ""}`,
        ),
      ...log.filter((line) => /"level":[45]0/.test(line)).slice(-10),
    ].join("\n");
  const waitUntil = <T>(what: string, look: () => T | undefined): Promise<T> =>
    until(what, look, { subscribe, timeoutMs: WAIT_MS, detail });
  const later = (ms = 2_000): void => {
    time.aheadMs += ms;
  };
  const push = (files: FileChanges, branch = "main"): Promise<string> => {
    later();
    return github.push(shop, { by: branch === "main" ? "octo" : "alice", branch, files });
  };

  return {
    github,
    shop,
    clusters,
    server: () => server,
    log,
    stateDir: settings.stateDirectory,
    async settled() {
      await github.idle();
      await server.queue.idle();
      await github.idle();
      await server.queue.idle();
    },
    until: waitUntil,
    status,
    arrives: (name, sync = "Synced", health = "Healthy") =>
      waitUntil(`${name} is ${sync} and ${health}`, () => {
        const now = status(name);
        if (now === undefined || now.removal !== undefined || now.operation?.phase === "Running")
          return undefined;
        return now.sync === sync && now.health.status === health ? now : undefined;
      }),
    define,
    undefine: (file) => rm(join(controlPlane, file)),
    push,
    async propose(files, branch = "change") {
      await push(files, branch);
      return github.openPullRequest(shop, { by: "alice", title: "A change", head: branch });
    },
    say(pull, body, by = "alice") {
      later();
      return github.comment(pull, { by, body });
    },
    later,
    sticky: ({ repository, pull }) =>
      [...repository.comments.values()].find(
        ({ pullNumber, author, body }) =>
          pullNumber === pull.number &&
          author.id === github.app.bot.id &&
          body.startsWith("<!-- plumbline:preview"),
      ),
    reply: ({ id }) =>
      [...shop.comments.values()].find(({ body }) => body.startsWith(`<!-- plumbline:reply ${id} -->`)),
    reactions: ({ reactions }) => reactions.map(({ content }) => content),
    checks: (sha) =>
      [...shop.checkRuns.values()].filter(({ headSha, name }) => headSha === sha && name === "plumbline"),
    statuses: (sha) =>
      shop.statuses
        .filter((one) => one.sha === sha)
        .map(({ context, state, description }) => `${context} ${state} ${description}`),
    writes: () => github.requests.entries.filter(({ method, path }) => isWrite(method, path)),
    async restart(meanwhile = async () => undefined) {
      await server.close();
      await meanwhile();
      server = await start();
    },
    async close() {
      await server.close();
      await github.close();
      await clusters.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

function isWrite(method: string, path: string): boolean {
  return method !== "GET" && !path.includes("/access_tokens");
}

/** One Application's file. */
export function applicationFile(application: RigApplication, cloneUrl: string): string {
  const { name, path = name, automated = "{ prune: true, selfHeal: true }", policy = "" } = application;
  const options = application.syncOptions ?? ["CreateNamespace=true"];
  const { finalizers = [], annotations = {} } = application;
  return `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: ${name}
  namespace: argocd
  finalizers: ${JSON.stringify(finalizers)}
  annotations: ${JSON.stringify(annotations)}
spec:
  project: ${application.project ?? "default"}
  source:
    repoURL: ${application.repoURL ?? cloneUrl}
    path: ${path}
    targetRevision: ${application.targetRevision ?? "main"}
  destination:
    server: ${application.server ?? "https://kubernetes.default.svc"}
    namespace: ${application.namespace ?? NAMESPACE}
  syncPolicy:
    syncOptions: [${options.join(", ")}]
${automated === "" ? "" : `    automated: ${automated}\n`}${policy}`;
}

export function configMap(name: string, data = "one", annotations = ""): string {
  return `apiVersion: v1
kind: ConfigMap
metadata:
  name: ${name}
${annotations === "" ? "" : `  annotations: ${annotations}\n`}data:
  value: ${data}
`;
}

/** A chart whose one template shows a value. */
export function chart(folder: string, value = "one"): Readonly<Record<string, string>> {
  return {
    [`${folder}/Chart.yaml`]: "apiVersion: v2\nname: web\nversion: 0.1.0\n",
    [`${folder}/values.yaml`]: `value: ${value}\n`,
    [`${folder}/templates/config.yaml`]:
      "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\ndata:\n  value: {{ .Values.value | quote }}\n",
  };
}
