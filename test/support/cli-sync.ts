import { type ApplicationText, applicationYaml, type CliPlace, createCliPlace } from "./cli.ts";
import type { TestCluster } from "./cluster/start-cluster.ts";
import type { CliRun } from "./recorded-output.ts";

/** What `plumbline sync -o json` prints. */
export interface SyncJson {
  readonly phase: string;
  readonly sync: string;
  readonly health: string;
  readonly message: string;
  readonly tasks: readonly { readonly task: string; readonly status: string; readonly message: string }[];
  readonly withheld: readonly { readonly kind: string; readonly name: string; readonly reason: string }[];
  readonly guardDigest?: string;
}

/** What `plumbline sync --dry-run -o json` prints. */
export interface PlanJson {
  readonly tasks: readonly {
    readonly phase: string;
    readonly wave: number;
    readonly action: string;
    readonly kind: string;
    readonly name: string;
    readonly reason?: string;
  }[];
  readonly guardDigest?: string;
}

/** An Application of its own namespace, synced from a terminal to a real cluster. */
export interface SyncedApplication {
  readonly place: CliPlace;
  readonly namespace: string;
  /** Commits these files; the Application's path is `app`. */
  commit(files: Readonly<Record<string, string | undefined>>): Promise<void>;
  sync(...argv: readonly string[]): Promise<CliRun & { readonly json: SyncJson }>;
  /** Syncs by short waits, each going on where the one before was late, until everything has been applied. */
  applyAll(): Promise<CliRun & { readonly json: SyncJson }>;
  plan(...argv: readonly string[]): Promise<CliRun & { readonly json: PlanJson }>;
  /** An object of the namespace as the server has it: `apis/apps/v1`, `deployments/web`. */
  get(api: string, resource: string): Promise<LiveObject>;
  patch(api: string, resource: string, patch: unknown): Promise<void>;
}

export interface LiveObject {
  readonly metadata: {
    readonly uid: string;
    readonly deletionTimestamp?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly data?: Readonly<Record<string, string>>;
}

/** Arguments that name the Application. */
export const APPLICATION = ["-f", "app.yaml", "--repo", "repo"] as const;

/** A quiet machine applies some objects within one of these waits; a busy one needs several. */
const APPLY_SECONDS = 6;
const APPLY_ATTEMPTS = 15;

export async function createSyncedApplication(
  cluster: TestCluster,
  text: ApplicationText = {},
): Promise<SyncedApplication> {
  const place = await createCliPlace({ KUBECONFIG: cluster.kubeconfig });
  const namespace = text.namespace ?? `cli-${crypto.randomUUID().slice(0, 8)}`;
  const manifest = {
    name: namespace,
    path: "app",
    syncOptions: ["CreateNamespace=true"],
    ...text,
    namespace,
  };
  await place.write({ "app.yaml": applicationYaml(manifest) });
  const pathOf = (api: string, resource: string) => `/${api}/namespaces/${namespace}/${resource}`;
  const run = (argv: readonly string[]) => place.run("sync", ...APPLICATION, "-o", "json", ...argv);
  const sync = async (...argv: readonly string[]) => {
    const ran = await run(argv);
    return { ...ran, json: (ran.stdout === "" ? {} : JSON.parse(ran.stdout)) as SyncJson };
  };
  return {
    place,
    namespace,
    async commit(files) {
      const placed = Object.entries(files).map(([name, content]) => [`app/${name}`, content]);
      await place.repository.commit(Object.fromEntries(placed) as Record<string, string | undefined>);
    },
    sync,
    async applyAll() {
      for (let left = APPLY_ATTEMPTS; left > 0; left -= 1) {
        const ran = await sync("--timeout", String(APPLY_SECONDS));
        if (ran.json.phase !== "Running") return ran;
      }
      throw new Error(`nothing was applied in ${APPLY_ATTEMPTS} times ${APPLY_SECONDS} seconds`);
    },
    async plan(...argv) {
      const ran = await run(["--dry-run", ...argv]);
      return { ...ran, json: (ran.stdout === "" ? {} : JSON.parse(ran.stdout)) as PlanJson };
    },
    get: async (api, resource) => (await cluster.admin("GET", pathOf(api, resource))) as LiveObject,
    patch: async (api, resource, patch) => void (await cluster.admin("PATCH", pathOf(api, resource), patch)),
  };
}

/** A Job; its pods complete at once on the test cluster. */
export function jobYaml(
  name: string,
  { annotations, spec = "" }: { annotations: string; spec?: string },
): string {
  return `apiVersion: batch/v1
kind: Job
metadata: {name: ${name}, annotations: {${annotations}}}
spec:
  backoffLimit: 0
  ${spec}
  template: {spec: {restartPolicy: Never, containers: [{name: main, image: "job:1"}]}}
`;
}

/** A Deployment of one pod. */
export function deploymentYaml(
  name: string,
  { image = "web:1", selector = name, annotations = "", podAnnotations = "", spec = "" } = {},
): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, annotations: {${annotations}}}
spec:
  replicas: 1
  ${spec}
  selector: {matchLabels: {app: ${selector}}}
  template:
    metadata: {labels: {app: ${selector}}, annotations: {${podAnnotations}}}
    spec: {containers: [{name: main, image: "${image}"}]}
`;
}
