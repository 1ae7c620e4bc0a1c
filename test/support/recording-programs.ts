import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A program of ours that is found before the real one, notes how it was called, and hands over to it. */
export interface RecordingProgram {
  /** To be put before PATH. */
  readonly folder: string;
  /** Each call: process id and arguments as one line. */
  calls(): Promise<readonly { readonly pid: number; readonly line: string }[]>;
}

/**
 * Puts a shell script of this name into a folder.
 * @param script - what it does after noting its call; `exec` keeps the process id.
 */
export async function recordingProgram(
  folder: string,
  name: string,
  script: string,
): Promise<RecordingProgram> {
  const record = join(folder, `${name}.calls`);
  await writeFile(record, "");
  const file = join(folder, name);
  await writeFile(
    file,
    `#!/bin/sh\nprintf '%s %s\\n' "$$" "$(printf '%s ' "$@" | tr '\\n' ' ')" >> '${record}'\n${script}\n`,
  );
  await chmod(file, 0o755);
  return {
    folder,
    async calls() {
      const lines = (await readFile(record, "utf8")).split("\n").filter((line) => line !== "");
      return lines.map((line) => ({
        pid: Number.parseInt(line, 10),
        line: line.replace(/^[0-9]+ /, "").trim(),
      }));
    },
  };
}
