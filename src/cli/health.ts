import { assessHealth } from "../domain/health/assess-health.ts";
import type { JsonObject } from "../domain/json.ts";
import { stringifyJson } from "../domain/json.ts";
import { liveManifestOf } from "../domain/manifest.ts";
import { describeResource } from "../domain/resource-key.ts";
import { OperationError } from "../errors/operation-error.ts";
import { type Command, type ExitCode, outputOption, sayTo, textOption, UsageError } from "./command.ts";

export interface HealthDependencies {
  /** The Kubernetes objects of a file, lists flattened. @throws OperationError when it cannot be read or parsed */
  readonly readObjects: (file: string) => Promise<readonly JsonObject[]>;
  /** What of an argocd-cm is not understood yet, in words. */
  readonly readSettings: (file: string) => Promise<readonly string[]>;
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
    options: { config: { type: "string" }, output: { type: "string", short: "o" } },
    help: [
      "--config FILE        an argocd-cm; health customisations in it are named, not run yet",
      "-o text|json         for people (default), or for scripts",
    ],
    async run(context): Promise<ExitCode> {
      const format = outputOption(context, ["text", "json"]);
      if (context.args.positionals.length === 0) throw new UsageError("say which FILE holds the objects");
      const config = textOption(context, "config");
      if (config !== undefined)
        for (const warning of await readSettings(config)) context.warn(`warning: ${warning}`);
      const rows: Row[] = [];
      let isInTrouble = false;
      for (const file of context.args.positionals) {
        try {
          for (const object of await readObjects(file)) rows.push(rowOf(file, object));
        } catch (error) {
          // One file that cannot be read hides none of the others.
          if (!(error instanceof OperationError)) throw error;
          isInTrouble = true;
          context.warn(`plumbline health: ${file}: ${error.reason}: ${error.title}\n${error.remedy}`);
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

function rowOf(file: string, object: JsonObject): Row {
  const live = liveManifestOf(object);
  const { group, kind, namespace, name } = live.key;
  const health = assessHealth(live);
  return { file, group, kind, namespace, name, status: health?.status ?? "", message: health?.message ?? "" };
}

function lineOf(row: Row): string {
  const status = (row.status === "" ? "–" : row.status).padEnd("Progressing".length);
  return `${status}  ${describeResource(row)}${row.message === "" ? "" : `: ${row.message}`}`;
}
