import { expect, it } from "vitest";
import type { ReadSet } from "../../../src/domain/read-set.ts";
import type { GitRepository } from "../../../src/ports/git.ts";
import type { Renderer, RenderResult } from "../../../src/ports/renderer.ts";
import { createRenderCache } from "../../../src/reconciler/render-cache.ts";
import { settle } from "../../support/fake-clock.ts";
import { renderRequest } from "../../support/render-request.ts";

/** What a plain folder at the repository's root reads of `a.yaml`, beside a file that is no manifest. */
const READS: ReadSet = [
  { mount: 0, path: "", kind: "listing", oid: "a.yaml README.md" },
  { mount: 0, path: "a.yaml", kind: "file", oid: "1" },
];

function cacheOver(
  trees: Readonly<Record<string, { readonly names: string; readonly manifest: string }>>,
  { usedRevision = false, documents = 0 } = {},
) {
  const renderer: Renderer = {
    enginesHash: "engines",
    render: async ({ mounts }) => ({
      tool: "Directory",
      documents: Array.from({ length: documents }, () => ({ object: {}, digest: "" })),
      readSet: READS.map((read) =>
        read.kind === "file" ? { ...read, oid: trees[mounts[0]?.tree ?? ""]?.manifest ?? "" } : read,
      ),
      askedForClock: false,
      askedForRandomness: false,
      usedRevision,
    }),
  };
  const repository: Partial<GitRepository> = {
    entryAt: async (tree, path) => ({ path, kind: "file", oid: trees[tree]?.manifest ?? "" }),
    listingAt: async (tree) => trees[tree]?.names,
  };
  const cache = createRenderCache(renderer, (text) => text);
  const render = async (tree: string, settings?: Parameters<typeof renderRequest>[2]) =>
    (await cache.render(renderRequest(tree, { path: "." }, settings), [repository as GitRepository]))
      .inputKey;
  return { cache, render };
}

it("renders a folder again when a manifest or the names in it changed, and for nothing else", async () => {
  const names = "a.yaml README.md";
  const { cache, render } = cacheOver({
    first: { names, manifest: "1" },
    "another readme": { names, manifest: "1" },
    "another manifest": { names, manifest: "2" },
    "one file more": { names: `b.yaml ${names}`, manifest: "1" },
  });
  const key = await render("first");
  expect(await render("another readme")).toBe(key);
  expect(cache.counts()).toEqual({ renders: 1, hits: 1 });
  await render("another manifest");
  await render("one file more");
  expect(cache.counts()).toEqual({ renders: 3, hits: 1 });
});

it("renders again with other options of Kustomize", async () => {
  const { cache, render } = cacheOver({ first: { names: "", manifest: "1" } });
  const settings = (kustomizeBuildOptions: string) => ({
    settings: { kustomizeBuildOptions, helmValuesFileSchemes: ["https"] },
  });
  const key = await render("first", settings(""));
  expect(await render("first")).toBe(key);
  expect(await render("first", settings("--reorder none"))).not.toBe(key);
  expect(cache.counts().renders).toBe(2);
});

it("never hands what a fork's render made to a sync, and tells all the same that the inputs are equal", async () => {
  const { cache, render } = cacheOver({ first: { names: "", manifest: "1" } });
  const keys = [
    await render("first", { trust: "fork" }),
    await render("first", { trust: "member" }),
    await render("first", { trust: "synced" }),
  ];
  expect(cache.counts()).toEqual({ renders: 3, hits: 0 });
  expect(new Set(keys).size).toBe(1);
});

it.for([
  ["uses the commit's SHA", true, 2],
  ["does not", false, 1],
] as const)(
  "renders the same files of another commit again where the source %s",
  async ([, used, renders]) => {
    const same = { names: "a.yaml README.md", manifest: "1" };
    const { cache, render } = cacheOver({ first: same, second: same }, { usedRevision: used });
    const at = (revision: string) => ({
      environment: { ...renderRequest("", { path: "." }).environment, revision },
    });
    const keys = [
      await render("first", at("1")),
      await render("second", at("2")),
      await render("first", at("1")),
    ];
    expect(cache.counts()).toEqual({ renders, hits: 3 - renders });
    expect(new Set(keys).size).toBe(renders);
  },
);

/** Commits that change nothing that is read, then one that does, as often as there may be versions. */
const COMMITS = Object.fromEntries(
  Array.from({ length: 20 }, (_, index) => [
    `commit ${index}`,
    { names: "a.yaml README.md", manifest: index < 12 ? "1" : `${index}` },
  ]),
);

it("keeps the render of another version through commits that change nothing of it", async () => {
  const { cache, render } = cacheOver(COMMITS);
  await render("commit 13");
  for (let commit = 0; commit < 12; commit += 1) await render(`commit ${commit}`);
  expect(cache.counts().renders).toBe(2);
  await render("commit 13");
  expect(cache.counts().renders).toBe(2);
});

it("forgets the version that was asked for longest ago", async () => {
  const { cache, render } = cacheOver(COMMITS);
  await render("commit 0");
  for (let commit = 12; commit < 19; commit += 1) await render(`commit ${commit}`);
  await render("commit 1");
  await render("commit 19");
  expect(cache.counts().renders).toBe(9);
  await render("commit 2");
  expect(cache.counts().renders).toBe(9);
  await render("commit 12");
  expect(cache.counts().renders).toBe(10);
});

it("counts the documents of a render once, however many commits it is the render of", async () => {
  const { cache, render } = cacheOver(COMMITS, { documents: 6_000 });
  const helm = { source: { ...renderRequest("", { path: "." }).source, helm: { releaseName: "other" } } };
  await render("commit 0", helm);
  for (let commit = 0; commit < 12; commit += 1) await render(`commit ${commit}`);
  await render("commit 0", helm);
  expect(cache.counts().renders).toBe(2);
});

it("renders once for all who ask at the same time, and again for them when the first gives up", async () => {
  const asked: PromiseWithResolvers<undefined>[] = [];
  const { renderer, result } = slowRenderer(asked);
  const cache = createRenderCache(renderer, (text) => text);
  const ask = (signal?: AbortSignal) =>
    cache.render(renderRequest("tree", { path: "." }), [{} as GitRepository], signal);
  const stop = new AbortController();
  const first = ask(stop.signal).catch((error: unknown) => error);
  const others = [ask(), ask(), ask()];
  await settle();
  expect(asked.length).toBe(1);
  asked[0]?.reject(new Error("no longer wanted"));
  await settle();
  expect(asked.length).toBe(2);
  asked[1]?.resolve(undefined);
  expect((await Promise.all(others)).map((render) => render.result)).toEqual([result, result, result]);
  expect(await first).toEqual(new Error("no longer wanted"));
});

it("renders nothing for whoever gave up while it was looked for", async () => {
  const asked: PromiseWithResolvers<undefined>[] = [];
  const cache = createRenderCache(slowRenderer(asked).renderer, (text) => text);
  const stop = new AbortController();
  const render = cache.render(renderRequest("tree", { path: "." }), [{} as GitRepository], stop.signal);
  stop.abort(new Error("superseded"));
  await expect(render).rejects.toThrow("superseded");
  expect([asked.length, cache.counts().renders]).toEqual([0, 0]);
});

/** A renderer that answers when it is told to. */
function slowRenderer(asked: PromiseWithResolvers<undefined>[]) {
  const result: RenderResult = {
    tool: "Directory",
    documents: [],
    readSet: [],
    askedForClock: false,
    askedForRandomness: false,
    usedRevision: false,
  };
  const renderer: Renderer = {
    enginesHash: "engines",
    render: async () => {
      const gate = Promise.withResolvers<undefined>();
      asked.push(gate);
      await gate.promise;
      return result;
    },
  };
  return { renderer, result };
}
