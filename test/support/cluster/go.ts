import { execFile, spawn } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** From PATH. */
const PROGRAM = "go";

/** What `go env GOVERSION` says, or `undefined` where Go is not installed. */
export async function goVersion(): Promise<string | undefined> {
  try {
    return (await run(PROGRAM, ["env", "GOVERSION"])).stdout.trim();
  } catch {
    return undefined;
  }
}

/** Runs `go` and gives its standard output; its last words are in the error when it fails. */
export function go(args: readonly string[], cwd: string): Promise<string> {
  const child = spawn(PROGRAM, args, {
    cwd,
    env: { ...process.env, CGO_ENABLED: "0", GOFLAGS: "-mod=mod -trimpath -buildvcs=false", GOWORK: "off" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(-4000);
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(stdout);
      else reject(new Error(`go ${args.join(" ")} ended with ${code}:\n${stderr}`));
    });
  });
}
