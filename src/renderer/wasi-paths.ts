import { ERRNO, OPEN_DIRECTORY, OPEN_WRITES } from "./wasi-numbers.ts";
import { type FileState, type HostFunction, lookUp, openFile, writeStat } from "./wasi-state.ts";

/** Parameters of path_open: descriptor, lookup, path and its length, flags, two rights, flags again, where the answer goes. */
type OpenCall = [number, number, number, number, number, bigint, bigint, number, number];

/** Calls that name a file by its path. */
export function pathCalls(state: FileState): Readonly<Record<string, HostFunction>> {
  const { memory } = state;
  return {
    path_open: (...call: OpenCall) => open(state, call),
    path_filestat_get(...[fd, lookup, at, length, statAt]: [number, number, number, number, number]) {
      const path = absolute(state, fd, memory.text(at, length));
      return writeStat(state, { path, node: lookUp(state, path, lookup) }, statAt);
    },
    path_readlink(
      ...[fd, at, length, targetAt, room, readAt]: [number, number, number, number, number, number]
    ) {
      const node = lookUp(state, absolute(state, fd, memory.text(at, length)), 0);
      if (node.kind === "absent") return ERRNO.noEntry;
      if (node.kind !== "link") return ERRNO.invalid;
      const target = state.tree?.readLink(node)?.subarray(0, room);
      if (target === undefined) return ERRNO.noEntry;
      memory.bytes().set(target, targetAt);
      memory.view().setUint32(readAt, target.length, true);
      return ERRNO.success;
    },
  };
}

function open(state: FileState, [fd, lookup, at, length, flags, , , , openedAt]: OpenCall): number {
  if ((flags & OPEN_WRITES) !== 0) return ERRNO.readOnly;
  const path = absolute(state, fd, state.memory.text(at, length));
  const node = lookUp(state, path, lookup);
  if (node.kind === "absent") return ERRNO.noEntry;
  if (node.kind === "link") return ERRNO.invalid;
  if ((flags & OPEN_DIRECTORY) !== 0 && node.kind === "file") return ERRNO.notDirectory;
  const opened = state.nextFd;
  state.nextFd += 1;
  state.open.set(opened, openFile(path, node));
  state.memory.view().setUint32(openedAt, opened, true);
  return ERRNO.success;
}

function absolute({ open }: FileState, fd: number, path: string): string {
  return `${open.get(fd)?.path ?? ""}/${path}`;
}
