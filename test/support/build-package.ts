/**
 * `prepack`: TypeScript → JavaScript in dist/, because Node strips types nowhere below node_modules. The folder layout
 * stays the same, so that templates and engines are found by the same relative paths.
 */
import { spawnSync } from "node:child_process";
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..", "..");
rmSync(join(root, "dist"), { recursive: true, force: true });
const { status } = spawnSync(
  join(root, "node_modules", ".bin", "tsc"),
  ["--project", "tsconfig.package.json"],
  {
    cwd: root,
    stdio: "inherit",
  },
);
if (status !== 0) process.exit(status ?? 1);
cpSync(join(root, "src"), join(root, "dist"), { recursive: true, filter: (path) => !path.endsWith(".ts") });
