import { type FSWatcher, watch } from "node:fs";
import type { Log } from "../../ports/log.ts";

/** Notices that something happened in some folders. Not more: who is told looks for himself. */
export interface DirectoryWatch {
  /**
   * Watches these folders and no others from now on: path → what tells a folder from a later one of the same path.
   * @returns whether a watch was started, since when something may have happened that nobody saw
   */
  follow(directories: ReadonlyMap<string, string>): boolean;
  close(): void;
}

/**
 * One watch a folder, not a file: files are replaced by renaming. A folder that cannot be watched (too many watches, a
 * network file system) is said once in the log; the periodic look finds its changes.
 */
export function createDirectoryWatch({
  onEvent,
  log,
}: {
  readonly onEvent: () => void;
  readonly log: Log;
}): DirectoryWatch {
  const watchers = new Map<string, { readonly identity: string; readonly watcher: FSWatcher | undefined }>();

  function start(directory: string): FSWatcher | undefined {
    try {
      const watcher = watch(directory, { persistent: false }, onEvent);
      watcher.on("error", (error) => {
        log.warn("watching a control plane folder failed, changes are noticed later", { directory, error });
        stop(directory);
        onEvent();
      });
      return watcher;
    } catch (error) {
      log.warn("a control plane folder cannot be watched, changes are noticed later", { directory, error });
      return undefined;
    }
  }

  function stop(directory: string): void {
    watchers.get(directory)?.watcher?.close();
    watchers.delete(directory);
  }

  return {
    follow(directories) {
      for (const [directory, { identity }] of [...watchers]) {
        if (directories.get(directory) !== identity) stop(directory);
      }
      const added = [...directories].filter(([directory]) => !watchers.has(directory));
      for (const [directory, identity] of added) {
        watchers.set(directory, { identity, watcher: start(directory) });
      }
      return added.length > 0;
    },
    close() {
      for (const directory of [...watchers.keys()]) stop(directory);
    },
  };
}
