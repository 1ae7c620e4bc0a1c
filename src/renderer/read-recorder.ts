import { compareText } from "../domain/compare-text.ts";
import type { ReadEntry, ReadSet } from "../domain/read-set.ts";

interface Place {
  readonly mount: number;
  readonly path: string;
  readonly oid: string;
}

/** Collects what a render looked at. */
export interface ReadRecorder {
  /** Content was read, or names were listed, or a link was met. */
  found(kind: "file" | "listing" | "link", place: Place): void;
  /** Someone asked whether this directory is there, no more. */
  seen(directory: Place): void;
  absent(mount: number, path: string): void;
  /** Sorted by mount and path. */
  readSet(): ReadSet;
}

export function createReadRecorder(): ReadRecorder {
  const entries = new Map<string, ReadEntry>();
  const directories = new Map<string, Place>();
  return {
    found(kind, { mount, path, oid }) {
      entries.set(keyOf({ mount, path }), { mount, path, kind, oid });
    },
    seen(directory) {
      directories.set(keyOf(directory), directory);
    },
    absent(mount, path) {
      const key = keyOf({ mount, path });
      if (!entries.has(key)) entries.set(key, { mount, path, kind: "absent" });
    },
    readSet() {
      const recorded = [...entries.values()];
      const covered = new Set(recorded.filter(({ kind }) => kind !== "absent").flatMap(ancestorsOf));
      // That a directory is there follows from anything read below it; where nothing was, it has to be said.
      for (const place of [...directories.values()].sort((a, b) => b.path.length - a.path.length)) {
        if (covered.has(keyOf(place)) || entries.has(keyOf(place))) continue;
        const { mount, path, oid } = place;
        recorded.push({ mount, path, kind: "directory", oid });
        for (const ancestor of ancestorsOf(place)) covered.add(ancestor);
      }
      return recorded.sort((a, b) => a.mount - b.mount || compareText(a.path, b.path));
    },
  };
}

function keyOf({ mount, path }: { readonly mount: number; readonly path: string }): string {
  return `${mount}/${path}`;
}

function ancestorsOf({ mount, path }: { readonly mount: number; readonly path: string }): readonly string[] {
  const parts = path.split("/");
  return parts.map((_, index) => keyOf({ mount, path: parts.slice(0, index).join("/") }));
}
