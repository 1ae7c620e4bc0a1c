import type { ControlPlaneSnapshot, FileReading } from "../domain/control-plane.ts";
import { createApplicationDefiner } from "./application-definition.ts";
import { assembleControlPlane } from "./control-plane.ts";
import { keepLastGood } from "./keep-last-good.ts";
import {
  type DefinitionFile,
  type ReadingOptions,
  readDefinitions,
  unreadableFile,
} from "./read-definitions.ts";

/** All that a control plane's adapter needs to make definitions of texts. */
export interface DefinitionReader {
  readDefinitions(file: DefinitionFile): FileReading;
  unreadableFile(file: string, problem: string): FileReading;
  keepLastGood(previous: FileReading | undefined, current: FileReading): FileReading;
  /** Work in proportion to what was read anew, as long as it is asked with the same readings otherwise. */
  assembleControlPlane(files: readonly FileReading[]): ControlPlaneSnapshot;
}

export function createDefinitionReader(options: ReadingOptions = {}): DefinitionReader {
  const define = createApplicationDefiner();
  return {
    readDefinitions: (file) => readDefinitions(file, options),
    unreadableFile,
    keepLastGood,
    assembleControlPlane: (files) => assembleControlPlane(files, define),
  };
}
