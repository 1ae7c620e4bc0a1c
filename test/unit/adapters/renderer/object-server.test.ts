import { expect, it } from "vitest";
import { createObjectServer } from "../../../../src/adapters/renderer/object-server.ts";
import { OperationError } from "../../../../src/errors/operation-error.ts";
import { createGitObjects } from "../../../support/git-objects.ts";

const objects = createGitObjects();
const secret = objects.addBlob("of another tree");
const mount = {
  name: "",
  repository: "example",
  tree: objects.addFiles({
    "app/a.yaml": "a",
    "app/sub/b.yaml": "b",
    "app/photo.png": "png",
    "app/link": { mode: "120000", content: "a.yaml" },
    other: { "c.yaml": "c" },
  }),
};
const oidOf = (text: string) => objects.addBlob(text);

it("hands out an object only at the path where the mount's tree has it", async () => {
  const server = createObjectServer(objects);
  const content = async (path: string, oid: string) => (await server.serve(mount, path, oid))[0]?.content;
  expect(Buffer.from((await content("app/a.yaml", oidOf("a"))) ?? "").toString()).toBe("a");
  expect(await content("app/a.yaml", oidOf("b"))).toBe("missing");
  expect(await content("app/a.yaml", secret)).toBe("missing");
  expect(await content("", secret)).toBe("missing");
  expect(await content("nowhere", secret)).toBe("missing");
  expect(await content("app/a.yaml/deeper", oidOf("a"))).toBe("missing");
});

it("foresees what a render of a path opens: the trees on the way, and texts below it", async () => {
  const server = createObjectServer(objects);
  const foreseen = await server.foresee(mount, "app");
  const texts = foreseen
    .filter(({ kind }) => kind === "blob")
    .map(({ content }) => Buffer.from(content).toString());
  expect(texts.sort()).toEqual(["a", "a.yaml", "b"]);
  expect(foreseen.filter(({ kind }) => kind === "tree")).toHaveLength(3);
});

it("says of one object that it is too large, and hands out the others", async () => {
  const large = oidOf("b");
  const server = createObjectServer({
    async readObject(repository, oid) {
      if (oid !== large) return objects.readObject(repository, oid);
      throw OperationError.of("RepositoryTooLarge", { url: "", limit: "one file" });
    },
  });
  const foreseen = await server.foresee(mount, "app");
  expect(foreseen.filter(({ kind }) => kind === "blob")).toHaveLength(3);
  expect(foreseen.find(({ oid }) => oid === large)?.content).toBe("too large");
  expect((await server.serve(mount, "app/sub/b.yaml", large))[0]?.content).toBe("too large");
});

it("sends nothing twice, until the renderer is a new one", async () => {
  const server = createObjectServer(objects);
  const first = await server.foresee(mount, "app");
  expect(await server.foresee(mount, "app")).toEqual([]);
  server.forget();
  expect(await server.foresee(mount, "app")).toEqual(first);
});

it("sends no more unasked than a usual chart is large", async () => {
  const files = Object.fromEntries(
    Array.from({ length: 5_000 }, (_, index) => [`f${index}.yaml`, `${index}`]),
  );
  const deep = Object.fromEntries(
    Array.from({ length: 40 }, (_, index) => [
      `d${index}`,
      { "a.yaml": `${index}`, "b.yaml": `b${index}`, "c.yaml": `c${index}` },
    ]),
  );
  const server = createObjectServer(objects);
  const tree = objects.addFiles({ wide: files, deep });
  expect((await server.foresee({ ...mount, tree }, "wide")).length).toBeLessThanOrEqual(3);
  expect((await server.foresee({ ...mount, tree }, "deep")).length).toBeLessThanOrEqual(100);
});
