import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join, resolve, sep } from "node:path";

import { describe } from "../adapters/control-plane/read-text.ts";
import { scanFolder } from "../adapters/control-plane/scan-folder.ts";
import type { DefinitionFile } from "../config/read-definitions.ts";
import { OperationError } from "../errors/operation-error.ts";
import type { CliOptions } from "./cli-options.ts";

type Where = Pick<CliOptions, "workingDirectory" | "readStandardInput">;

/** A file's text, `-` being standard input. @throws OperationError FileUnreadable */
export async function readDefinitionFile(
  file: string,
  { workingDirectory, readStandardInput }: Where,
): Promise<DefinitionFile> {
  try {
    const text =
      file === "-" ? await readStandardInput() : await readFile(resolve(workingDirectory, file), "utf8");
    return { file: file === "-" ? "standard input" : file, text };
  } catch (error) {
    throw OperationError.of("FileUnreadable", { file, problem: describe(error) }, { cause: error });
  }
}

/**
 * A file; of a folder, those below it that speak of Argo CD, but for charts' templates, which are no YAML at all.
 * @throws OperationError FileUnreadable
 */
export async function readDefinitionsAt(path: string, where: Where): Promise<readonly DefinitionFile[]> {
  const directory = resolve(where.workingDirectory, path);
  if (path === "-" || !(await isFolder(directory))) return [await readDefinitionFile(path, where)];
  const names = withoutTemplates(await filesBelow(path, directory)).map((name) => join(path, name));
  const texts = await Promise.all(names.map((name) => readDefinitionFile(name, where)));
  return texts.filter(({ text }) => /argoproj\.io|argocd-/.test(text));
}

function withoutTemplates(names: readonly string[]): readonly string[] {
  const charts = names.filter((name) => basename(name) === "Chart.yaml").map(dirname);
  const folders = charts.map((chart) => `${join(chart, "templates")}${sep}`);
  return names.filter((name) => !folders.some((folder) => name.startsWith(folder)));
}

async function filesBelow(path: string, directory: string): Promise<readonly string[]> {
  try {
    const { files, closedFolders } = await scanFolder(directory);
    const [closed] = closedFolders;
    if (closed !== undefined) throw closed.error;
    return files.map(({ file }) => file);
  } catch (error) {
    throw OperationError.of("FileUnreadable", { file: path, problem: describe(error) }, { cause: error });
  }
}

async function isFolder(path: string): Promise<boolean> {
  const status = await stat(path).catch(() => undefined);
  return status?.isDirectory() === true;
}
