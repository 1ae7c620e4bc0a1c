import { once } from "node:events";
import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { readEnginesInfo } from "../../src/adapters/renderer/engines-info.ts";
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
    const { renderRequest } = await import("../support/render-request.ts");
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
