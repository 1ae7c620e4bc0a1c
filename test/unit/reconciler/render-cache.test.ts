import { expect, it } from "vitest";
import type { ReadSet } from "../../../src/domain/read-set.ts";
import type { GitRepository } from "../../../src/ports/git.ts";
import type { Renderer } from "../../../src/ports/renderer.ts";
import { createRenderCache } from "../../../src/reconciler/render-cache.ts";
import { renderRequest } from "../../support/render-request.ts";

/** What a plain folder at the repository's root reads of `a.yaml`, beside a file that is no manifest. */
const READS: ReadSet = [
  { mount: 0, path: "", kind: "listing", oid: "a.yaml README.md" },
  { mount: 0, path: "a.yaml", kind: "file", oid: "1" },
];

function cacheOver(
  trees: Readonly<Record<string, { readonly names: string; readonly manifest: string }>>,
  usedRevision = false,
) {
  const renderer: Renderer = {
    enginesHash: "engines",
    render: async () => ({
      tool: "Directory",
      documents: [],
      readSet: READS,
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

it.for([
  ["uses the commit's SHA", true, 2],
  ["does not", false, 1],
] as const)(
  "renders the same files of another commit again where the source %s",
  async ([, used, renders]) => {
    const same = { names: "a.yaml README.md", manifest: "1" };
    const { cache, render } = cacheOver({ first: same, second: same }, used);
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
