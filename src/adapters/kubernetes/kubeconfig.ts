import { readFile, stat } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import { load } from "js-yaml";

import { arrayAt, isJsonObject, type JsonObject, type JsonValue, stringAt } from "../../domain/json.ts";
import { OperationError } from "../../errors/operation-error.ts";

/** Real ones have some dozens of kilobytes. */
const KUBECONFIG_BYTES_MAX = 1024 * 1024;

/** One context of the user's own kubeconfig, its parts found. */
export interface KubeconfigContext {
  /** Name of the context. */
  readonly name: string;
  /** API server URL without trailing slash. */
  readonly server: string;
  /** Namespace of the context, `""` for none. */
  readonly namespace: string;
  /** The `cluster` and `user` maps as written; relative files are relative to `clusterFolder` and `userFolder`. */
  readonly cluster: JsonObject;
  readonly user: JsonObject;
  readonly clusterFolder: string;
  readonly userFolder: string;
}

interface Named {
  readonly value: JsonObject;
  readonly folder: string;
}

/**
 * Reads a context from kubeconfig files as kubectl merges them: of two entries with one name the first counts.
 *
 * @param context - `""` for the current one.
 * @returns `undefined` when none of the files exists, or they name no current context.
 * @throws OperationError KubeconfigInvalid
 */
export async function readKubeconfig(
  files: readonly string[],
  context = "",
): Promise<KubeconfigContext | undefined> {
  const configs: { readonly value: JsonObject; readonly folder: string }[] = [];
  for (const file of files) {
    const value = await readConfig(file);
    if (value !== undefined) configs.push({ value, folder: dirname(file) });
  }
  const current = configs
    .map(({ value }) => stringAt(value, "current-context") ?? "")
    .find((name) => name !== "");
  const name = context === "" ? (current ?? "") : context;
  if (name === "") return undefined;
  const found = mustFind(configs, "context", name).value;
  const cluster = mustFind(configs, "cluster", stringAt(found, "cluster") ?? "");
  const userName = stringAt(found, "user") ?? "";
  const user = userName === "" ? { value: {}, folder: "" } : mustFind(configs, "user", userName);
  return {
    name,
    server: (stringAt(cluster.value, "server") ?? "").replace(/\/+$/, ""),
    namespace: stringAt(found, "namespace") ?? "",
    cluster: cluster.value,
    user: user.value,
    clusterFolder: cluster.folder,
    userFolder: user.folder,
  };
}

/** Text of a file that a kubeconfig names, or what it holds itself in base64 under `NAME-data`. */
export async function inlineOrFile(
  map: JsonObject,
  name: string,
  folder: string,
): Promise<string | undefined> {
  const data = stringAt(map, `${name}-data`) ?? "";
  if (data !== "") return Buffer.from(data, "base64").toString("utf8");
  const file = stringAt(map, name) ?? "";
  if (file === "") return undefined;
  return readText(isAbsolute(file) ? file : join(folder, file), `its \`${name}\``);
}

/** A small text file, or KubeconfigInvalid naming what it was to be. */
export async function readText(file: string, what: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw OperationError.of("KubeconfigInvalid", { problem: `${what} cannot be read` }, { cause });
  }
}

async function readConfig(file: string): Promise<JsonObject | undefined> {
  const size = await stat(file).then(
    (stats) => stats.size,
    () => undefined,
  );
  if (size === undefined) return undefined;
  if (size > KUBECONFIG_BYTES_MAX) throw invalid("it is larger than any we read (1 MiB)");
  const text = await readText(file, "the file");
  try {
    const value = load(text) as JsonValue;
    return isJsonObject(value) ? value : {};
  } catch {
    // Without the parser's error as cause: it quotes the line, which may hold a token.
    throw invalid("it is not YAML");
  }
}

function mustFind(configs: readonly Named[], kind: "context" | "cluster" | "user", name: string): Named {
  for (const { value, folder } of configs) {
    const entry = arrayAt(value, `${kind}s`).find((item) => stringAt(item, "name") === name);
    if (entry === undefined) continue;
    const found = isJsonObject(entry) ? entry[kind] : undefined;
    return { value: isJsonObject(found) ? found : {}, folder };
  }
  throw invalid(`it has no ${kind} \`${name}\``);
}

function invalid(problem: string): OperationError {
  return OperationError.of("KubeconfigInvalid", { problem });
}
