import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { createCommands } from "../../src/wiring/cli.ts";
import { createTestRepository, type TestRepository, temporaryFolder } from "./git-repository.ts";
import { type CliRun, runRecorded } from "./recorded-output.ts";
import { createSharedRenderer } from "./shared-renderer.ts";
import { createRecordedLog } from "./silent-log.ts";

/** A person's folder with files and a Git repository in it, and the commands of the terminal to run there. */
export interface CliPlace {
  readonly folder: string;
  readonly repository: TestRepository;
  /** Runs one command line in the folder, in this process. */
  run(...argv: readonly string[]): Promise<CliRun>;
  /** The same with other variables, or with something on standard input. */
  runWith(surroundings: Surroundings, ...argv: readonly string[]): Promise<CliRun>;
  /** Writes files beside the repository. */
  write(files: Readonly<Record<string, string>>): Promise<void>;
  remove(): Promise<void>;
}

export interface Surroundings {
  readonly environment?: Readonly<Record<string, string>>;
  readonly standardInput?: string;
  /** Where the command is run; the folder unless said. */
  readonly workingDirectory?: string;
  /** Stands for Ctrl-C. */
  readonly interrupted?: AbortSignal;
}

const startRenderer = createSharedRenderer();

export async function createCliPlace(environment: Readonly<Record<string, string>> = {}): Promise<CliPlace> {
  const folder = await temporaryFolder("cli");
  const repository = await createTestRepository(join(folder, "repo"));
  const home = {
    PATH: process.env["PATH"] ?? "",
    HOME: join(folder, "home"),
    XDG_STATE_HOME: join(folder, "state"),
  };
  const runWith = (surroundings: Surroundings, ...argv: readonly string[]) => {
    const never = new AbortController().signal;
    const commands = createCommands({
      environment: { ...home, ...environment, ...surroundings.environment },
      workingDirectory: surroundings.workingDirectory ?? folder,
      readStandardInput: async () => surroundings.standardInput ?? "",
      watchInterrupts: () => ({ signal: surroundings.interrupted ?? never, stop: () => undefined }),
      log: createRecordedLog(),
      startRenderer,
    });
    return runRecorded(argv, commands);
  };
  return {
    folder,
    repository,
    runWith,
    run: (...argv) => runWith({}, ...argv),
    async write(files) {
      for (const [name, text] of Object.entries(files)) {
        await mkdir(dirname(join(folder, name)), { recursive: true });
        await writeFile(join(folder, name), text);
      }
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Repository that the Applications of these tests name; folders stand in for it. */
export const REPOSITORY_URL = "https://git.example.test/acme/shop.git";

/** What may be said of an Application's manifest; everything else is as usual. */
export interface ApplicationText {
  readonly name?: string;
  readonly path?: string;
  readonly revision?: string;
  readonly project?: string;
  readonly server?: string;
  readonly namespace?: string;
  readonly repoURL?: string;
  readonly syncOptions?: readonly string[];
  /** Further lines of `spec`, in YAML flow style: `ignoreDifferences: []`. */
  readonly spec?: string;
}

/** An Argo CD Application, as a person would write it. */
export function applicationYaml(text: ApplicationText = {}): string {
  const options = (text.syncOptions ?? []).map((option) => JSON.stringify(option)).join(", ");
  return `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: ${text.name ?? "shop"}, namespace: argocd}
spec:
  project: ${text.project ?? "default"}
  source:
    repoURL: ${text.repoURL ?? REPOSITORY_URL}
    path: ${text.path ?? "plain"}
    targetRevision: ${text.revision ?? "HEAD"}
  destination: {server: "${text.server ?? "https://kubernetes.default.svc"}", namespace: ${text.namespace ?? "shop"}}
  syncPolicy: {syncOptions: [${options}]}
  ${text.spec ?? "info: []"}
`;
}

/** A ConfigMap with one entry `v`. */
export function configMapYaml(name: string, value: string, more = ""): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}${more}}\ndata: {v: "${value}"}\n`;
}

/** A chart of one Deployment, whose replicas are a value. */
export const CHART = {
  "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\n",
  "chart/values.yaml": "replicas: 2\n",
  "chart/templates/web.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: "web:1"}]}}
`,
} as const;
