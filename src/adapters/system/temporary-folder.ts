import { lstat, mkdtemp, readdir, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder of this process alone, that goes with it. */
export interface TemporaryFolder {
  readonly path: string;
  remove(): Promise<void>;
}

export interface TemporaryFolderOptions {
  /** Begins the folder's name, to be recognised by people. */
  readonly purpose: string;
  /** Where temporary files go; the system's own place unless told otherwise. */
  readonly parent?: string;
}

/** Whose it is: written first, so that what is left of a killed process is known by it. */
const OWNER_FILE = ".plumbline-owner";
const OWNER_BYTES_MAX = 1_024;
const PREFIX = "plumbline-";

/** Folders removed at one start, so that a start never takes long. */
const REMOVED_MAX = 20;

/**
 * Makes a folder, mode 0700, after removing those that processes of ours left when they were killed: only folders (never
 * links to one) of this user, with an owner written in them that is no longer alive. What cannot be told is left alone.
 */
export async function makeTemporaryFolder({
  purpose,
  parent = tmpdir(),
}: TemporaryFolderOptions): Promise<TemporaryFolder> {
  await removeLeftovers(parent);
  const path = await mkdtemp(join(parent, `${PREFIX}${purpose}-`));
  await writeFile(join(path, OWNER_FILE), JSON.stringify(await identityOf(process.pid)), { mode: 0o600 });
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
}

/**
 * A process, told from another one that has its number later. Numbers of another machine, container or boot say nothing
 * here: `world` is then another.
 */
interface Owner {
  readonly pid: number;
  /** In clock ticks since the boot; `""` where the system does not say. */
  readonly startedAt: string;
  readonly world: string;
}

async function identityOf(pid: number): Promise<Owner> {
  return { pid, startedAt: await startOf(pid), world: await worldOf() };
}

/** Field 22 of `/proc/PID/stat`; the second one, in brackets, may hold anything (proc_pid_stat(5)). */
async function startOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}

async function worldOf(): Promise<string> {
  const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "");
  const processes = await readlink("/proc/self/ns/pid").catch(() => "");
  return `${boot.trim()} ${processes}`;
}

async function removeLeftovers(parent: string): Promise<void> {
  const names = (await readdir(parent).catch(() => [])).filter((name) => name.startsWith(PREFIX));
  const world = await worldOf();
  let removed = 0;
  for (const name of names) {
    const path = join(parent, name);
    if (!(await isLeftover(path, world))) continue;
    // Links inside are removed, never followed.
    await rm(path, { recursive: true, force: true }).catch(() => undefined);
    removed += 1;
    if (removed >= REMOVED_MAX) return;
  }
}

async function isLeftover(path: string, world: string): Promise<boolean> {
  const folder = await lstat(path).catch(() => undefined);
  if (folder?.isDirectory() !== true || folder.uid !== process.getuid?.()) return false;
  const owner = await ownerOf(path);
  if (owner === undefined || owner.world !== world) return false;
  return !(await isAlive(owner));
}

async function ownerOf(path: string): Promise<Owner | undefined> {
  const file = join(path, OWNER_FILE);
  try {
    const stats = await lstat(file);
    if (!stats.isFile() || stats.uid !== process.getuid?.() || stats.size > OWNER_BYTES_MAX) return undefined;
    const { pid, startedAt, world } = JSON.parse(await readFile(file, "utf8")) as Partial<Owner>;
    const isWhole = Number.isSafeInteger(pid) && typeof startedAt === "string" && typeof world === "string";
    return isWhole ? { pid: Number(pid), startedAt, world } : undefined;
  } catch {
    return undefined;
  }
}

async function isAlive({ pid, startedAt }: Owner): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: there is one, of another user.
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
  return startedAt === "" || startedAt === (await startOf(pid));
}
