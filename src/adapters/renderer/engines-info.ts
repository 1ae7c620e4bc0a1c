import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** What is inside the engines, for `plumbline version` and for cache keys. */
export interface EnginesInfo {
  /** SHA-256 of the module, hex. */
  readonly sha256: string;
  readonly bytes: number;
  /** The Go that compiled it, as `go1.26.8`. */
  readonly go: string;
  /** Library → version, as `{ "Helm": "v4.2.3" }`. */
  readonly libraries: Readonly<Record<string, string>>;
}

/** The compressed module, beside the sources as beside the emitted JavaScript. */
export const ENGINES_FILE = fileURLToPath(new URL("../../../engines/engines.wasm.br", import.meta.url));

/** Reads engines.json. Throws where the installation is incomplete. */
export function readEnginesInfo(): EnginesInfo {
  const file = new URL("../../../engines/engines.json", import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as EnginesInfo;
}
