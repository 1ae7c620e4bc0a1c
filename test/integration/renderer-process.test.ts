import { once } from "node:events";
import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { readEnginesInfo } from "../../src/adapters/renderer/engines-info.ts";
import { startRendererProcess } from "../../src/adapters/renderer/renderer-process.ts";
import { createGitObjects, type Files } from "../support/git-objects.ts";
import { renderRequest } from "../support/render-request.ts";
import {
  chartPrinting,
  configMap,
  createRenderRig,
  failureOf,
  named,
  type RenderRig,
} from "../support/render-rig.ts";

const rigs: RenderRig[] = [];

function rigOf(...options: Parameters<typeof createRenderRig>): RenderRig {
  const rig = createRenderRig(...options);
  rigs.push(rig);
  return rig;
}

afterEach(async () => {
  await Promise.all(rigs.splice(0).map(({ renderer }) => renderer.close()));
});

/** Runs for seconds, so that something can happen meanwhile. */
const LONG = chartPrinting("{{ range until 3000 }}{{ range until 1000 }}{{ end }}{{ end }}x");

/** More than is sent before it is asked for: each is fetched when a render opens it. */
const MANY: Files = Object.fromEntries(
  Array.from({ length: 60 }, (_, index) => [`many-${index}.yaml`, configMap(`many-${index % 2}`)]),
);

/** Whoever passes waits until it is open. */
function createGate() {
  const reached = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  return {
    reached: reached.promise,
    open: () => opened.resolve(),
    pass: () => {
      reached.resolve();
      return opened.promise;
    },
  };
}

async function running(rig: RenderRig): Promise<void> {
  while ((await rig.renderer.stats()).running === 0);
}

describe("the renderer process", () => {
  it("T237 is started again when it is killed, and what it was doing is done", async () => {
    const rig = rigOf();
    const long = rig.render(LONG, { path: "." });
    const queued = rig.render({ "a.yaml": configMap("queued") }, { path: "." });
    await running(rig);
    const first = rig.renderer.pid();
    process.kill(first ?? 0, "SIGKILL");
    expect(named(await queued)).toEqual(["ConfigMap queued"]);
    expect(named(await long)).toEqual(["ConfigMap web"]);
    expect(rig.renderer.pid()).not.toBe(first);
  });

  it("gives up on a render under which it ends twice, and on no other", async () => {
    const rig = rigOf({ limits: { timeMs: 600_000 } });
    const endless = failureOf(
      rig.render(chartPrinting("{{ range until 1000000 }}{{ range until 1000000 }}{{ end }}{{ end }}"), {
        path: ".",
      }),
    );
    for (const _ of [1, 2]) {
      await running(rig);
      process.kill(rig.renderer.pid() ?? 0, "SIGKILL");
    }
    expect(await endless).toMatchObject({ reason: "RendererCrashed", retryable: true });
    expect(named(await rig.render({ "a.yaml": configMap("after") }, { path: "." }))).toEqual([
      "ConfigMap after",
    ]);
  });

  it("has no environment, and may neither start programs nor read what is not its own", () => {
    const rig = rigOf();
    const pid = rig.renderer.pid() ?? 0;
    const read = (file: string) => readFileSync(`/proc/${pid}/${file}`, "utf8");
    expect(read("environ")).toBe("MALLOC_ARENA_MAX=2\0");
    const flags = read("cmdline").split("\0");
    expect(flags).toContain("--permission");
    expect(flags).not.toContain("--allow-child-process");
    expect(flags).not.toContain("--allow-fs-write=*");
  });

  it("lets a caller change his mind, queued or running", async () => {
    const rig = rigOf();
    const [first, second] = [new AbortController(), new AbortController()];
    const request = (files: typeof LONG) => renderRequest(rig.objects.addFiles(files), { path: "." });
    const long = rig.renderer.render(request(LONG), first.signal);
    const queued = rig.renderer.render(request({ "a.yaml": configMap("a") }), second.signal);
    await running(rig);
    second.abort(new Error("not any more"));
    first.abort(new Error("nor this"));
    await expect(queued).rejects.toThrow("not any more");
    await expect(long).rejects.toThrow("nor this");
    expect(named(await rig.render({ "a.yaml": configMap("next") }, { path: "." }))).toEqual([
      "ConfigMap next",
    ]);
  });

  it("tells nobody that an object is missing because somebody else changed his mind", async () => {
    const objects = createGitObjects();
    const [first, shared] = [createGate(), createGate()];
    const gates = new Map([
      [objects.addBlob(configMap("first")), first],
      [objects.addBlob(configMap("shared")), shared],
    ]);
    const rig = rigOf({
      workers: 2,
      objects: {
        async readObject(repository, oid) {
          await gates.get(oid)?.pass();
          return objects.readObject(repository, oid);
        },
      },
    });
    const render = (files: Files, signal?: AbortSignal) => {
      const tree = objects.addFiles({ ...MANY, ...files, "z.yaml": configMap("shared") });
      return rig.renderer.render(renderRequest(tree, { path: "." }), signal);
    };
    const patient = render({}).then(named, String);
    await shared.reached;
    const changing = new AbortController();
    const fickle = render({ "a.yaml": configMap("first") }, changing.signal);
    await first.reached;
    changing.abort(new Error("not any more"));
    await expect(fickle).rejects.toThrow("not any more");
    first.open();
    while ((await rig.renderer.stats()).running === 2);
    shared.open();
    expect(await patient).toContain("ConfigMap shared");
  });

  it("is not started again, and leaves nobody waiting, once it was closed", async () => {
    const { renderer, render } = rigOf();
    const asked = renderer.stats().catch((error: unknown) => String(error));
    await renderer.close();
    expect(await asked).toMatch("closed");
    expect(await failureOf(render({ "a.yaml": configMap("a") }, { path: "." }))).toMatchObject({
      reason: "RendererCrashed",
    });
    await expect(renderer.stats()).rejects.toThrow("closed");
    expect(renderer.pid()).toBeUndefined();
  });

  it("renders what somebody waits for before what nobody does", async () => {
    const rig = rigOf();
    const order: string[] = [];
    const render = async (name: string, priority: "interactive" | "sync" | "background") => {
      await rig.render({ "a.yaml": configMap(name) }, { path: "." }, { priority });
      order.push(name);
    };
    const blocker = rig.render(LONG, { path: "." });
    await running(rig);
    await Promise.all([
      render("last", "background"),
      render("second", "sync"),
      render("first", "interactive"),
      blocker,
    ]);
    expect(order).toEqual(["first", "second", "last"]);
  });

  it.for([
    { what: "a length that no frame has", bytes: "ff".repeat(64) },
    { what: "a head that is no JSON", bytes: "06000000 02000000 7b7b" },
    { what: "a head that is longer than the frame", bytes: "04000000 ffffff7f 0000" },
  ])("is ended, and nothing else with it, where it sends $what", async ({ bytes }) => {
    const program = `process.stdout.write(Buffer.from("${bytes.replaceAll(" ", "")}", "hex")); setInterval(() => 0, 1e6)`;
    const lastWords = await new Promise((resolve) =>
      startRendererProcess({
        settings: {},
        program: ["-e", program],
        onFrame: () => undefined,
        onEnd: resolve,
      }),
    );
    expect(lastWords).toMatch(/no message/);
  });

  it("warms up by itself", async () => {
    const rig = rigOf({ workers: 2, spares: 1, warmUp: true });
    let stats = await rig.renderer.stats();
    while (stats.rendered < 35) stats = await rig.renderer.stats();
    expect(stats).toMatchObject({ workers: 3, queued: 0 });
  });

  it("does not keep a program from ending that has forgotten to close it", async () => {
    const { spawn } = await import("node:child_process");
    const script = `import { createRenderer } from ${JSON.stringify(new URL("../../src/adapters/renderer/renderer.ts", import.meta.url).href)};
createRenderer({ objects: { readObject: async () => undefined } });`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: "inherit" });
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  it("says so, instead of trying without end, when no instance can be made", async () => {
    // Less than the engines need before they have rendered anything.
    const rig = rigOf({ limits: { memoryBytes: 1 } });
    const failure = await failureOf(rig.render({ "a.yaml": configMap("a") }, { path: "." }));
    expect(failure).toMatchObject({ reason: "RendererCrashed", retryable: true });
    expect(failure.remedy).toMatch(/no worker of the renderer starts/);
  });

  it("says what is inside", () => {
    expect(readEnginesInfo()).toMatchObject({ libraries: { Helm: "v4.2.3", Kustomize: "v5.8.1" } });
  });
});
