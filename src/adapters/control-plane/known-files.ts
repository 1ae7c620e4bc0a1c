import { hash } from "node:crypto";
import type { ControlPlaneSnapshot, FileReading } from "../../domain/control-plane.ts";
import { describe, readText } from "./read-text.ts";
import { type FolderScan, type ScannedFile, scanFolder } from "./scan-folder.ts";

/** Turns texts into definitions: `config/` does, handed in so that this adapter knows files and nothing else. */
export interface DefinitionReader {
  readDefinitions(file: { readonly file: string; readonly text: string }): FileReading;
  unreadableFile(file: string, problem: string): FileReading;
  keepLastGood(previous: FileReading | undefined, current: FileReading): FileReading;
  assembleControlPlane(files: readonly FileReading[]): ControlPlaneSnapshot;
}

/** What a folder's files said when they were read last. */
export interface KnownFiles {
  readings(): readonly FileReading[];
  /**
   * Reads the files that changed.
   * @throws what keeps the folder itself from being read; everything known stays as it was then
   */
  update(): Promise<{ readonly hasChanged: boolean; readonly directories: FolderScan["directories"] }>;
}

interface KnownFile {
  readonly version: string;
  /** Of what was read, or of why it could not be: equal, equal reading. */
  readonly digest: string;
  readonly reading: FileReading;
}

export function createKnownFiles(directory: string, reader: DefinitionReader): KnownFiles {
  let known: ReadonlyMap<string, KnownFile> = new Map();
  let device = "";

  return {
    readings: () => [...known.values()].map(({ reading }) => reading),
    async update() {
      const scan = await scanFolder(directory);
      if (looksUnmounted(scan, { device, hadFiles: known.size > 0 })) {
        throw new Error("it is empty, and on another file system than before");
      }
      const next = new Map<string, KnownFile>();
      for (const file of scan.files) {
        const before = known.get(file.file);
        next.set(file.file, before?.version === file.version ? before : await readFile(reader, file, before));
      }
      for (const folder of scan.closedFolders) keepClosed(next, { known, folder, reader });
      const hasChanged =
        next.size !== known.size ||
        [...next].some(([name, { digest }]) => known.get(name)?.digest !== digest);
      known = next;
      device = scan.device;
      return { hasChanged, directories: scan.directories };
    },
  };
}

async function readFile(
  reader: DefinitionReader,
  { file, path, version }: ScannedFile,
  before: KnownFile | undefined,
): Promise<KnownFile> {
  const result = await readText(path);
  if (result.kind === "text") {
    const digest = hash("sha256", result.text);
    if (before?.digest === digest) return { ...before, version };
    // A file is empty for a moment while it is written, and for good when the disk is full; to remove it says it better.
    const isEmptied = result.text === "" && (before?.reading.documents.length ?? 0) > 0;
    if (!isEmptied) {
      const reading = reader.readDefinitions({ file, text: result.text });
      return { version, digest, reading: reader.keepLastGood(before?.reading, reading) };
    }
  }
  return unreadable(
    reader,
    { file, problem: result.kind === "text" ? "it is empty" : result.problem },
    before,
  );
}

/** Tried again at every look, for permissions may change without the file's version. */
function unreadable(
  reader: DefinitionReader,
  { file, problem }: { readonly file: string; readonly problem: string },
  before: KnownFile | undefined,
): KnownFile {
  const digest = `unreadable: ${problem}`;
  if (before?.digest === digest) return before;
  const reading = reader.keepLastGood(before?.reading, reader.unreadableFile(file, problem));
  return { version: "", digest, reading };
}

/** Of a folder that cannot be looked into, all that was known holds on. */
function keepClosed(
  next: Map<string, KnownFile>,
  {
    known,
    folder: { name, error },
    reader,
  }: {
    readonly known: ReadonlyMap<string, KnownFile>;
    readonly folder: FolderScan["closedFolders"][number];
    readonly reader: DefinitionReader;
  },
): void {
  const problem = describe(error);
  for (const [file, before] of known) {
    if (file.startsWith(`${name}/`)) next.set(file, unreadable(reader, { file, problem }, before));
  }
  next.set(name, unreadable(reader, { file: name, problem }, known.get(name)));
}

/**
 * Whether a file system went away under the folder: what is left is an empty folder on another one, which would look as
 * if everything had been removed.
 */
export function looksUnmounted(
  { files, device }: Pick<FolderScan, "files" | "device">,
  before: { readonly device: string; readonly hadFiles: boolean },
): boolean {
  return files.length === 0 && before.hadFiles && before.device !== device;
}
