import { chmod, mkdir, mkdtemp, rename, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { createFolderControlPlane } from "../../../src/adapters/control-plane/folder.ts";
import { createSystemClock } from "../../../src/adapters/system/clock.ts";
import { createDefinitionReader } from "../../../src/config/definition-reader.ts";
import type { ControlPlaneSnapshot } from "../../../src/domain/control-plane.ts";
import type { ControlPlane } from "../../../src/ports/control-plane.ts";
import { applicationYaml, DESTINATION, SOURCE } from "../../support/definitions.ts";
import { createRecordedLog } from "../../support/silent-log.ts";

let scratch = "";
let folder = "";
const open = new Set<ControlPlane>();
/** How many files were parsed: no change, no work. */
let parsed: string[] = [];
let log = createRecordedLog();

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), "plumbline-control-plane-"));
  folder = join(scratch, "plane");
  await mkdir(folder);
  parsed = [];
  log = createRecordedLog();
});
afterEach(async () => {
  for (const plane of open) await plane.close();
  open.clear();
  await rm(scratch, { recursive: true, force: true });
});

async function start(): Promise<ControlPlane> {
  const definitions = createDefinitionReader();
  const reader = {
    ...definitions,
    readDefinitions(file: { readonly file: string; readonly text: string }) {
      parsed.push(file.file);
      return definitions.readDefinitions(file);
    },
  };
  const plane = await createFolderControlPlane({
    directory: folder,
    reader,
    clock: createSystemClock(),
    log,
  });
  open.add(plane);
  return plane;
}

async function put(file: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, file)), { recursive: true });
  await writeFile(join(folder, file), text);
}

function app(name: string): string {
  return applicationYaml(`${SOURCE}\n${DESTINATION}`, `{name: ${name}}`);
}

/** `a b*`, stale ones starred, `…` where something may be missing. */
function state({ applications, incompleteFiles }: ControlPlaneSnapshot): string {
  const names = applications.map(({ value, isStale }) => `${value.name}${isStale ? "*" : ""}`);
  return [...names, ...(incompleteFiles.length > 0 ? ["…"] : [])].join(" ");
}

/** Resolves when subscribers are told of that state. */
function told(plane: ControlPlane, wanted: string): Promise<void> {
  return new Promise((resolve) => {
    const check = (snapshot: ControlPlaneSnapshot) => {
      if (state(snapshot) !== wanted) return;
      stop();
      resolve();
    };
    const stop = plane.subscribe(check);
    check(plane.current());
  });
}

describe("createFolderControlPlane, reading", () => {
  it("reads every YAML and JSON file of the tree, and nothing hidden or else", async () => {
    await put("a.yaml", app("a"));
    await put("team/b.yml", app("b"));
    await put(
      "team/c.json",
      JSON.stringify({ apiVersion: "argoproj.io/v1alpha1", kind: "ApplicationSet", metadata: { name: "x" } }),
    );
    await put(".git/d.yaml", app("d"));
    await put(".e.yaml", app("e"));
    await put("README.md", app("f"));
    await put("lost+found/g.yaml", app("g"));
    const plane = await start();
    expect(state(plane.current())).toBe("a b");
    expect(plane.current().problems).toMatchObject([
      { file: "team/c.json", reason: "ApplicationSetNotBuilt" },
    ]);
  });

  it("refuses to start on a folder that is not there, and says it in one place", async () => {
    await rm(folder, { recursive: true });
    await expect(start()).rejects.toMatchObject({ reason: "ControlPlaneUnreadable" });
    await writeFile(folder, "");
    await expect(start()).rejects.toMatchObject({ reason: "ControlPlaneUnreadable" });
    expect(log.lines).toEqual([]);
  });

  it("starts on an empty folder", async () => {
    expect(state((await start()).current())).toBe("");
  });

  it("names in its log what is wrong, with its place, and each thing once", async () => {
    await put("app.yaml", app("good"));
    await put("broken.yaml", "a: [\n");
    const plane = await start();
    const told = () => log.lines.filter(({ message }) => message.startsWith("broken.yaml:"));
    expect(told()).toMatchObject([{ level: "warn", fields: { reason: "DefinitionSyntax" } }]);
    await put("app.yaml", app("better"));
    await plane.refresh();
    expect(told()).toHaveLength(1);
  });

  it("counts what is wrong beyond what anybody reads in a log", async () => {
    for (let index = 0; index < 60; index += 1) await put(`broken-${index}.yaml`, "a: [\n");
    await start();
    expect(log.lines.filter(({ message }) => message.startsWith("broken-"))).toHaveLength(50);
    expect(log.lines.at(-1)).toMatchObject({ level: "warn", fields: { more: 10 } });
  });

  it("T241 starts with files that are broken, and says what may be missing", async () => {
    await put("a.yaml", app("a"));
    await put("b.yaml", "foo: [");
    await writeFile(join(folder, "c.yaml"), Buffer.from([0xff, 0xfe, 0x00]));
    const plane = await start();
    expect(state(plane.current())).toBe("a …");
    expect(plane.current().incompleteFiles).toEqual(["b.yaml", "c.yaml"]);
  });

  it("T059 does not follow links out of the folder, and follows those inside, as Kubernetes mounts ConfigMaps", async () => {
    await writeFile(join(scratch, "outside.yaml"), app("outside"));
    await mkdir(join(scratch, "elsewhere"));
    await writeFile(join(scratch, "elsewhere", "x.yaml"), app("elsewhere"));
    await put("..2026/a.yaml", app("a"));
    await symlink("..2026", join(folder, "..data"));
    await symlink("..data/a.yaml", join(folder, "a.yaml"));
    await symlink("../outside.yaml", join(folder, "out.yaml"));
    await symlink("../elsewhere", join(folder, "elsewhere"));
    await symlink("nowhere.yaml", join(folder, "dangling.yaml"));
    await symlink(".", join(folder, "loop"));
    expect(state((await start()).current())).toBe("a");
  });

  it("takes a folder that is itself a link", async () => {
    await put("a.yaml", app("a"));
    await rename(folder, join(scratch, "v1"));
    await symlink("v1", folder);
    const plane = await start();
    expect(state(plane.current())).toBe("a");

    await mkdir(join(scratch, "v2"));
    await writeFile(join(scratch, "v2", "b.yaml"), app("b"));
    await symlink("v2", join(scratch, "next"));
    await rename(join(scratch, "next"), folder);
    expect(state(await plane.refresh())).toBe("b");
  });
});

describe("createFolderControlPlane, looking again", () => {
  it("parses only what changed, and tells subscribers of nothing else", async () => {
    await put("a.yaml", app("a"));
    await put("b.yaml", app("b"));
    const plane = await start();
    const snapshots: ControlPlaneSnapshot[] = [];
    plane.subscribe((snapshot) => snapshots.push(snapshot));
    parsed = [];
    await plane.refresh();
    await utimes(join(folder, "a.yaml"), new Date(), new Date());
    await plane.refresh();
    expect({ parsed, told: snapshots.length }).toEqual({ parsed: [], told: 0 });
    await put("b.yaml", app("b2"));
    await plane.refresh();
    expect({ parsed, told: snapshots.map(state) }).toEqual({ parsed: ["b.yaml"], told: ["a b2"] });
  });

  it("notices a file of the same size and time that was replaced", async () => {
    await put("a.yaml", app("a"));
    const plane = await start();
    const { atime, mtime } = await stat(join(folder, "a.yaml"));
    await put("new", app("b"));
    await utimes(join(folder, "new"), atime, mtime);
    await rename(join(folder, "new"), join(folder, "a.yaml"));
    expect(state(await plane.refresh())).toBe("b");
  });

  it("takes a file that is gone for a removal", async () => {
    await put("a.yaml", app("a"));
    await put("b.yaml", app("b"));
    const plane = await start();
    await rm(join(folder, "a.yaml"));
    expect(state(await plane.refresh())).toBe("b");
  });

  it.for([
    ["no YAML", "foo: [", "a* b …"],
    ["a mistake", app("a").replace("path: web", "path: /web"), "a* b"],
    ["nothing", "", "a* b …"],
    ["more than a file may", `# ${"x".repeat(17 * 1024 * 1024)}`, "a* b …"],
  ] as const)("takes a file that holds %s for broken, not for a removal", async ([, text, meaning]) => {
    await put("a.yaml", app("a"));
    await put("b.yaml", app("b"));
    const plane = await start();
    await put("a.yaml", text);
    expect(state(await plane.refresh())).toBe(meaning);
    await put("a.yaml", app("a2"));
    expect(state(await plane.refresh())).toBe("a2 b");
  });

  it("T187 keeps what was read when the folder vanishes, and says so once", async () => {
    await put("a.yaml", app("a"));
    const plane = await start();
    const problems: (readonly string[])[] = [];
    plane.subscribe((snapshot) => problems.push(snapshot.problems.map(({ reason }) => reason)));
    await rename(folder, join(scratch, "away"));
    expect(state(await plane.refresh())).toBe("a …");
    await plane.refresh();
    expect(problems).toEqual([["ControlPlaneUnreadable"]]);
    await rename(join(scratch, "away"), folder);
    expect(state(await plane.refresh())).toBe("a");
    expect(problems).toEqual([["ControlPlaneUnreadable"], []]);
  });

  it.skipIf(process.getuid?.() === 0)(
    "keeps what is in a folder or file that is closed to us (nothing is closed to root)",
    async () => {
      await put("a.yaml", app("a"));
      await put("team/b.yaml", app("b"));
      const plane = await start();
      await chmod(join(folder, "team"), 0);
      await chmod(join(folder, "a.yaml"), 0);
      expect(state(await plane.refresh())).toBe("a* b* …");
      await chmod(join(folder, "team"), 0o700);
      await chmod(join(folder, "a.yaml"), 0o600);
      expect(state(await plane.refresh())).toBe("a b");
    },
  );

  it("shares one look among callers, and never looks twice at once", async () => {
    await put("a.yaml", app("a"));
    const plane = await start();
    await put("a.yaml", app("b"));
    parsed = [];
    const results = await Promise.all([plane.refresh(), plane.refresh(), plane.refresh()]);
    expect({ states: results.map(state), parsed }).toEqual({ states: ["b", "b", "b"], parsed: ["a.yaml"] });
  });
});

describe("createFolderControlPlane, watching", () => {
  it("notices files that are written, removed and moved, also in new folders", async () => {
    await put("a.yaml", app("a"));
    const plane = await start();
    await put("b.yaml", app("b"));
    await told(plane, "a b");
    await put("team/deep/c.yaml", app("c"));
    await told(plane, "a b c");
    await put("team/deep/c.yaml", app("c2"));
    await told(plane, "a b c2");
    await rm(join(folder, "a.yaml"));
    await told(plane, "b c2");
    await rename(join(folder, "team"), join(folder, "group"));
    await put("group/d.yaml", app("d"));
    await told(plane, "b c2 d");
  });

  it("notices the way Kubernetes swaps a mounted ConfigMap", async () => {
    await put("..1/a.yaml", app("a"));
    await put("..2/a.yaml", app("b"));
    await symlink("..1", join(folder, "..data"));
    await symlink("..data/a.yaml", join(folder, "a.yaml"));
    const plane = await start();
    await symlink("..2", join(folder, "..tmp"));
    await rename(join(folder, "..tmp"), join(folder, "..data"));
    await told(plane, "b");
  });

  it("goes on for others when a subscriber fails, and stops telling who left", async () => {
    const plane = await start();
    const heard: string[] = [];
    plane.subscribe(() => {
      throw new Error("mine alone");
    });
    const stop = plane.subscribe((snapshot) => heard.push(state(snapshot)));
    await put("a.yaml", app("a"));
    await told(plane, "a");
    stop();
    await put("b.yaml", app("b"));
    await told(plane, "a b");
    expect(heard).toEqual(["a"]);
  });

  it("says nothing more once it is closed", async () => {
    const plane = await start();
    await plane.close();
    await put("a.yaml", app("a"));
    expect(state(await plane.refresh())).toBe("");
  });
});
