import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { compareText } from "../../domain/compare-text.ts";

/** Deeper folders are a loop of mounts, or no control plane. */
const DEPTH_MAX = 20;
/** More definition files are somebody's home folder, not a control plane. */
const FILES_MAX = 20_000;

/** A definition file as it was found, not yet read. */
export interface ScannedFile {
  /** Relative to the folder, with `/`: what it is called in problems. */
  readonly file: string;
  /** Where it really is; the same file under a link is another one. */
  readonly path: string;
  /** Differs whenever the file was written or replaced. */
  readonly version: string;
}

export interface FolderScan {
  /** Sorted by name. */
  readonly files: readonly ScannedFile[];
  /** Every folder that was looked into, with what tells it from a later one of the same path: for watching. */
  readonly directories: ReadonlyMap<string, string>;
  /** Folders below that could not be looked into, and why: of what is in them nothing is known. */
  readonly closedFolders: readonly ClosedFolder[];
  /** The file system the folder is on. */
  readonly device: string;
  /** Names whose links lead out of the folder or nowhere: they were left alone. */
  readonly refusedLinks: readonly string[];
}

export interface ClosedFolder {
  /** Relative, with `/`. */
  readonly name: string;
  readonly error: unknown;
}

/** Every ext file system has one at its root, for nobody but root to read. */
const NOT_OURS = "lost+found";

/** More files than a control plane may have. */
export class TooManyFilesError extends Error {
  override readonly name = "TooManyFilesError";
}

/**
 * Lists the YAML and JSON files of a folder tree. Hidden names are left out, and so is what links lead to outside the
 * tree: links inside are followed, since Kubernetes mounts ConfigMaps and Secrets as such.
 * @throws what the file system says of the folder itself, and {@link TooManyFilesError}
 */
export async function scanFolder(directory: string): Promise<FolderScan> {
  const root = await realpath(directory);
  const { dev } = await stat(root, { bigint: true });
  const found: Found = { root, files: [], directories: new Map(), closedFolders: [], refusedLinks: [] };
  await scan(found, { path: root, name: "", depth: 0 });
  return { ...found, files: found.files.sort((a, b) => compareText(a.file, b.file)), device: String(dev) };
}

interface Found {
  readonly root: string;
  readonly files: ScannedFile[];
  readonly directories: Map<string, string>;
  readonly closedFolders: ClosedFolder[];
  readonly refusedLinks: string[];
}

interface Place {
  readonly path: string;
  readonly name: string;
  readonly depth: number;
}

async function scan(found: Found, { path, name, depth }: Place): Promise<void> {
  // A link to a folder that was seen already would only show its files a second time.
  if (depth > DEPTH_MAX || found.directories.has(path)) return;
  const { dev, ino } = await stat(path, { bigint: true });
  found.directories.set(path, `${dev}:${ino}`);
  const entries = await readdir(path, { withFileTypes: true });
  // Real folders before links to them, so that their files go by their real names.
  for (const entry of entries.toSorted((a, b) => order(a) - order(b))) {
    if (entry.name.startsWith(".") || entry.name === NOT_OURS) continue;
    const child = { path: join(path, entry.name), name: joinName(name, entry.name), depth: depth + 1 };
    if (entry.isDirectory()) await scanBelow(found, child);
    else if (entry.isFile()) await addFile(found, child);
    else if (entry.isSymbolicLink()) await follow(found, child);
  }
}

/** One closed folder does not hide the others. */
async function scanBelow(found: Found, place: Place): Promise<void> {
  try {
    await scan(found, place);
  } catch (error) {
    if (error instanceof TooManyFilesError) throw error;
    found.closedFolders.push({ name: place.name, error });
  }
}

async function follow(found: Found, place: Place): Promise<void> {
  const target = await resolve(place.path);
  if (target === undefined || !isInside(found.root, target)) {
    found.refusedLinks.push(place.name);
    return;
  }
  const status = await stat(target);
  if (status.isDirectory()) await scanBelow(found, { ...place, path: target });
  else if (status.isFile()) await addFile(found, { ...place, path: target });
}

async function addFile(found: Found, { path, name }: Place): Promise<void> {
  if (!/\.(ya?ml|json)$/i.test(name)) return;
  if (found.files.length >= FILES_MAX) throw new TooManyFilesError(`more than ${FILES_MAX} files`);
  found.files.push({ file: name, path, version: await versionOf(path) });
}

/** Also of a file that vanished meanwhile: reading it will say so. */
async function versionOf(path: string): Promise<string> {
  try {
    const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return `${ino}:${size}:${mtimeNs}:${ctimeNs}`;
  } catch {
    return "gone";
  }
}

async function resolve(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch {
    return undefined;
  }
}

function isInside(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}

function order(entry: Dirent): number {
  return entry.isSymbolicLink() ? 1 : 0;
}

function joinName(parent: string, name: string): string {
  return parent === "" ? name : `${parent}/${name}`;
}
