import type { KindPattern } from "../domain/control-plane-settings.ts";
import { assessHealthBeside } from "../domain/health/custom-health.ts";
import type { Health } from "../domain/health.ts";
import type { JsonObject } from "../domain/json.ts";
import { stringifyJson } from "../domain/json.ts";
import { type LiveManifest, liveManifestOf } from "../domain/manifest.ts";
import { describeResource } from "../domain/resource-key.ts";
import { OperationError } from "../errors/operation-error.ts";
import { type Command, type ExitCode, outputOption, sayTo, textOption, UsageError } from "./command.ts";

export interface HealthDependencies {
  /** The Kubernetes objects of a file, lists flattened. @throws OperationError when it cannot be read or parsed */
  readonly readObjects: (file: string) => Promise<readonly JsonObject[]>;
  readonly readSettings: (file: string) => Promise<HealthSettings>;
}

/** What an argocd-cm says about health. */
export interface HealthSettings {
  readonly customHealthKinds: readonly KindPattern[];
  /** What of it is not understood yet, in words. */
  readonly warnings: readonly string[];
}

interface Row {
  readonly file: string;
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** `""` where the kind has no health. */
  readonly status: string;
  readonly message: string;
}

/** `plumbline health`: how live objects in files are doing, by the same rules as everywhere. */
export function createHealthCommand({ readObjects, readSettings }: HealthDependencies): Command {
  return {
    name: "health",
    summary: "Assess the health of live objects in files",
    usage: "plumbline health FILE… [--config argocd-cm.yaml] [-o text|json]",
    takes: "words",
    options: { config: { type: "string" }, output: { type: "string", short: "o" } },
    help: [
      "--config FILE        an argocd-cm; kinds whose health it customises are Unknown: scripts are not run yet",
      "-o text|json         for people (default), or for scripts",
    ],
    async run(context): Promise<ExitCode> {
      const format = outputOption(context, ["text", "json"]);
      if (context.args.positionals.length === 0) throw new UsageError("say which FILE holds the objects");
      const config = textOption(context, "config");
      const settings = config === undefined ? NO_SETTINGS : await readSettings(config);
      for (const warning of settings.warnings) context.warn(`warning: ${warning}`);
      const assess = assessHealthBeside(settings.customHealthKinds);
      const rows: Row[] = [];
      let isInTrouble = false;
      for (const file of context.args.positionals) {
        try {
          for (const object of await readObjects(file)) rows.push(rowOf(file, object, assess));
        } catch (error) {
          // One file that cannot be read hides none of the others.
          if (!(error instanceof OperationError)) throw error;
          isInTrouble = true;
          context.warn(`plumbline health: ${file}: ${error.reason}: ${error.title}\n${error.remedyByHand}`);
        }
      }
      if (format === "json")
        context.print(
          stringifyJson(
            rows.map((row) => ({ ...row })),
            2,
          ),
        );
      else for (const row of rows) sayTo(context)(lineOf(row));
      if (isInTrouble) return 2;
      return rows.some(({ status }) => UNHEALTHY.has(status)) ? 1 : 0;
    },
  };
}

const UNHEALTHY: ReadonlySet<string> = new Set(["Degraded", "Missing", "Unknown"]);

const NO_SETTINGS: HealthSettings = { customHealthKinds: [], warnings: [] };

function rowOf(file: string, object: JsonObject, assess: (live: LiveManifest) => Health | undefined): Row {
  const live = liveManifestOf(object);
  const { group, kind, namespace, name } = live.key;
  const health = assess(live);
  return { file, group, kind, namespace, name, status: health?.status ?? "", message: health?.message ?? "" };
}

function lineOf(row: Row): string {
  const status = (row.status === "" ? "–" : row.status).padEnd("Progressing".length);
  return `${status}  ${describeResource(row)}${row.message === "" ? "" : `: ${row.message}`}`;
}
