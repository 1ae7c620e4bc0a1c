import { ERRNO, FILE_TYPE, ROOT_FD, WHENCE } from "./wasi-numbers.ts";
import {
  type FileState,
  fileType,
  type HostFunction,
  numberOf,
  type OpenFile,
  writeStat,
} from "./wasi-state.ts";

const LAST_WORDS_CHARS_MAX = 4_096;
const ALL_RIGHTS = 0xffff_ffff_ffff_ffffn;
const DIRENT_BYTES = 24;
const encoder = new TextEncoder();

/** Where buffers are, how many, and where the number of bytes goes. */
type Vector = readonly [at: number, count: number, totalAt: number];

/** Calls on what is open: the tree's root from the start, and the three streams, which lead nowhere. */
export function descriptorCalls(state: FileState): Readonly<Record<string, HostFunction>> {
  return { ...rootCalls(state), ...statCalls(state), ...contentCalls(state) };
}

function rootCalls({ memory }: FileState): Record<string, HostFunction> {
  return {
    fd_prestat_get(fd: number, at: number) {
      if (fd !== ROOT_FD) return ERRNO.badFile;
      memory.view().setUint8(at, 0);
      memory.view().setUint32(at + 4, 1, true);
      return ERRNO.success;
    },
    fd_prestat_dir_name(fd: number, at: number) {
      if (fd !== ROOT_FD) return ERRNO.badFile;
      memory.bytes()[at] = "/".charCodeAt(0);
      return ERRNO.success;
    },
  };
}

function statCalls(state: FileState): Record<string, HostFunction> {
  return {
    fd_fdstat_get(fd: number, at: number) {
      const file = state.open.get(fd);
      if (file === undefined && fd >= ROOT_FD) return ERRNO.badFile;
      const view = state.memory.view();
      view.setBigUint64(at, 0n, true);
      view.setUint8(at, file === undefined ? FILE_TYPE.character : fileType(file.node.kind));
      view.setBigUint64(at + 8, ALL_RIGHTS, true);
      view.setBigUint64(at + 16, ALL_RIGHTS, true);
      return ERRNO.success;
    },
    fd_filestat_get(fd: number, at: number) {
      const file = state.open.get(fd);
      return file === undefined ? ERRNO.badFile : writeStat(state, file, at);
    },
  };
}

function contentCalls(state: FileState): Record<string, HostFunction> {
  return {
    fd_close: (fd: number) => (state.open.delete(fd) || fd < ROOT_FD ? ERRNO.success : ERRNO.badFile),
    fd_read: (fd: number, ...vector: Vector) => read(state, fd, vector),
    fd_pread(...[fd, at, count, offset, totalAt]: [number, number, number, bigint, number]) {
      const file = state.open.get(fd);
      if (file === undefined) return ERRNO.badFile;
      const before = file.position;
      file.position = Number(offset);
      const result = read(state, fd, [at, count, totalAt]);
      file.position = before;
      return result;
    },
    fd_seek(...[fd, offset, whence, at]: [number, bigint, number, number]) {
      const file = state.open.get(fd);
      if (file === undefined) return fd < ROOT_FD ? ERRNO.seekPipe : ERRNO.badFile;
      const end = whence === WHENCE.end ? contentOf(state, file).length : 0;
      const base = whence === WHENCE.current ? file.position : end;
      file.position = Math.max(0, base + Number(offset));
      state.memory.view().setBigUint64(at, BigInt(file.position), true);
      return ERRNO.success;
    },
    fd_write: (fd: number, ...vector: Vector) => write(state, fd, vector),
    fd_readdir: (...call: ReadDirectory) => readDirectory(state, call),
  };
}

function contentOf({ tree }: FileState, file: OpenFile): Uint8Array {
  const { node } = file;
  if (node.kind === "file") file.content ??= tree?.read(node);
  return file.content ?? new Uint8Array(0);
}

function read(state: FileState, fd: number, [at, count, totalAt]: Vector): number {
  const file = state.open.get(fd);
  if (file === undefined) return fd < ROOT_FD ? ERRNO.success : ERRNO.badFile;
  if (file.node.kind !== "file") return ERRNO.isDirectory;
  const content = contentOf(state, file);
  let total = 0;
  for (const [to, length] of buffersAt(state, at, count)) {
    const part = content.subarray(file.position, file.position + length);
    state.memory.bytes().set(part, to);
    file.position += part.length;
    total += part.length;
    if (part.length < length) break;
  }
  state.memory.view().setUint32(totalAt, total, true);
  return ERRNO.success;
}

/** Nothing is kept of what is written but the start of the error stream: Go says first why it gives up. */
function write(state: FileState, fd: number, [at, count, totalAt]: Vector): number {
  if (fd >= ROOT_FD) return ERRNO.readOnly;
  let total = 0;
  for (const [from, length] of buffersAt(state, at, count)) {
    total += length;
    const room = LAST_WORDS_CHARS_MAX - state.lastWords.length;
    if (fd === 2 && room > 0) state.lastWords += state.memory.text(from, Math.min(length, room));
  }
  state.memory.view().setUint32(totalAt, total, true);
  return ERRNO.success;
}

function buffersAt({ memory }: FileState, at: number, count: number): readonly (readonly [number, number])[] {
  const view = memory.view();
  return Array.from({ length: count }, (_, index) => [
    view.getUint32(at + 8 * index, true),
    view.getUint32(at + 8 * index + 4, true),
  ]);
}

type ReadDirectory = [fd: number, at: number, room: number, cookie: bigint, usedAt: number];

function readDirectory(state: FileState, [fd, at, room, cookie, usedAt]: ReadDirectory): number {
  const file = state.open.get(fd);
  if (file === undefined) return ERRNO.badFile;
  if (file.node.kind === "file") return ERRNO.notDirectory;
  file.listing ??= state.tree?.list(file.node) ?? [];
  let used = 0;
  for (let index = Number(cookie); index < file.listing.length && used < room; index += 1) {
    // A last entry that is cut off tells the reader to come again with more room.
    const part = directoryEntry(state, file, index).subarray(0, room - used);
    state.memory.bytes().set(part, at + used);
    used += part.length;
  }
  state.memory.view().setUint32(usedAt, used, true);
  return ERRNO.success;
}

function directoryEntry(state: FileState, { listing, path }: OpenFile, index: number): Uint8Array {
  const { name, kind } = listing?.[index] ?? { name: "", kind: "file" as const };
  const nameBytes = encoder.encode(name);
  const entry = new Uint8Array(DIRENT_BYTES + nameBytes.length);
  const view = new DataView(entry.buffer);
  view.setBigUint64(0, BigInt(index + 1), true);
  view.setBigUint64(8, numberOf(state, `${path}/${name}`), true);
  view.setUint32(16, nameBytes.length, true);
  view.setUint8(20, fileType(kind));
  entry.set(nameBytes, DIRENT_BYTES);
  return entry;
}
