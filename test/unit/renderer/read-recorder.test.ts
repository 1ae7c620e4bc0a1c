import { expect, it } from "vitest";
import { createReadRecorder } from "../../../src/renderer/read-recorder.ts";

const place = (path: string, mount = 0) => ({ mount, path, oid: `oid of ${path}` });

function recorded(record: (recorder: ReturnType<typeof createReadRecorder>) => void): readonly string[] {
  const recorder = createReadRecorder();
  record(recorder);
  return recorder.readSet().map(({ mount, path, kind }) => `${kind} ${mount}:${path}`);
}

it("is sorted by mount and path, each path once", () => {
  const readSet = recorded((recorder) => {
    recorder.found("file", place("b", 1));
    recorder.found("file", place("z"));
    recorder.absent(0, "a");
    recorder.found("file", place("z"));
  });
  expect(readSet).toEqual(["absent 0:a", "file 0:z", "file 1:b"]);
});

it("says that a folder is there only where nothing below it says so", () => {
  const readSet = recorded((recorder) => {
    recorder.seen(place(""));
    recorder.seen(place("empty"));
    recorder.seen(place("read"));
    recorder.found("file", place("read/a"));
    recorder.seen(place("only/absent"));
    recorder.absent(0, "only/absent/x");
  });
  expect(readSet).toEqual([
    "directory 0:empty",
    "directory 0:only/absent",
    "absent 0:only/absent/x",
    "file 0:read/a",
  ]);
});

it("does not call absent what was there under another question", () => {
  expect(
    recorded((recorder) => {
      recorder.found("link", place("a"));
      recorder.absent(0, "a");
    }),
  ).toEqual(["link 0:a"]);
});
