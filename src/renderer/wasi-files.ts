import type { RenderTree } from "./render-tree.ts";
import { descriptorCalls } from "./wasi-descriptors.ts";
import type { WasiMemory } from "./wasi-memory.ts";
import { ERRNO, ROOT_FD } from "./wasi-numbers.ts";
import { pathCalls } from "./wasi-paths.ts";
import { type FileState, type HostFunction, openFile } from "./wasi-state.ts";

/** The file system calls over one render's tree; writing calls answer that it is read-only. */
export interface WasiFiles {
  readonly calls: Readonly<Record<string, HostFunction>>;
  /** Shows another tree, with nothing open. */
  mount(tree: RenderTree | undefined): void;
  /** The start of what was written to the error stream since. */
  lastWords(): string;
}

export function createWasiFiles(memory: WasiMemory): WasiFiles {
  const state: FileState = {
    memory,
    numbers: new Map(),
    tree: undefined,
    open: new Map(),
    nextFd: ROOT_FD + 1,
    lastWords: "",
  };
  return {
    calls: { ...descriptorCalls(state), ...pathCalls(state), ...REFUSALS },
    mount(tree) {
      state.tree = tree;
      state.numbers.clear();
      state.nextFd = ROOT_FD + 1;
      state.lastWords = "";
      state.open = new Map([[ROOT_FD, openFile("", { kind: "mounts" })]]);
    },
    lastWords: () => state.lastWords,
  };
}

const WRITING = [
  "path_create_directory",
  "path_filestat_set_times",
  "path_link",
  "path_remove_directory",
  "path_rename",
  "path_symlink",
  "path_unlink_file",
  "fd_filestat_set_size",
  "fd_pwrite",
];

const MEANINGLESS = ["fd_fdstat_set_flags", "fd_fdstat_set_rights", "sock_accept", "sock_shutdown"];

const REFUSALS: Readonly<Record<string, HostFunction>> = {
  ...Object.fromEntries(WRITING.map((name) => [name, () => ERRNO.readOnly])),
  ...Object.fromEntries(MEANINGLESS.map((name) => [name, () => ERRNO.notSupported])),
  fd_sync: () => ERRNO.success,
};
