import { readEnginesInfo } from "../adapters/renderer/engines-info.ts";
import type { VersionAnswer } from "../cli/version.ts";
import { packageVersion } from "./package-version.ts";

/** This program's version, and those of the libraries inside its engines. */
export function readVersion(): VersionAnswer {
  const { libraries, go, sha256 } = readEnginesInfo();
  return {
    plumbline: packageVersion(),
    node: process.versions.node,
    engines: { ...libraries, Go: go },
    enginesSha256: sha256,
  };
}
