import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applicationYaml, CHART, type CliPlace, configMapYaml, createCliPlace } from "../support/cli.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const run = promisify(execFile);

interface PackageJson {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

/** The packed package, unpacked where no checkout is near, with exactly the dependencies it declares. */
async function install(place: CliPlace): Promise<string> {
  const folder = join(place.folder, "installed", "node_modules");
  const home = join(folder, "plumbline");
  await mkdir(home, { recursive: true });
  await run("npm", ["pack", "--silent", "--pack-destination", place.folder], { cwd: ROOT });
  const [archive = ""] = (await readdir(place.folder)).filter((name) => name.endsWith(".tgz"));
  await run("tar", ["-xzf", join(place.folder, archive), "-C", home, "--strip-components=1"]);
  const { dependencies, optionalDependencies } = JSON.parse(
    await readFile(join(home, "package.json"), "utf8"),
  ) as PackageJson;
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await symlink(join(ROOT, "node_modules", name), join(folder, name));
  }
  return home;
}

describe("the packed package", () => {
  let place: CliPlace;
  let home: string;
  beforeAll(async () => {
    place = await createCliPlace();
    home = await install(place);
    await place.repository.commit({ ...CHART, "plain/a.yaml": configMapYaml("a", "1") });
    await place.repository.git("checkout", "-q", "-b", "change");
    await place.repository.commit({ "chart/values.yaml": "replicas: 3\n" });
    await writeFile(join(place.folder, "app.yaml"), applicationYaml({ name: "web", path: "chart" }));
  });
  afterAll(() => place.remove());

  async function plumbline(
    ...argv: readonly string[]
  ): Promise<{ code: number; stdout: string; stderr: string }> {
    const environment = { PATH: process.env["PATH"] ?? "", HOME: join(place.folder, "home") };
    try {
      const options = { cwd: place.folder, env: environment };
      const { stdout, stderr } = await run(
        process.execPath,
        [join(home, "bin", "plumbline.mjs"), ...argv],
        options,
      );
      return { code: 0, stdout, stderr };
    } catch (error) {
      return error as { code: number; stdout: string; stderr: string };
    }
  }

  it("holds no TypeScript, and no tests", async () => {
    const files = await readdir(home, { recursive: true });
    expect(files.filter((name) => /\.ts$|^(src|test|bench)(\/|$)/.test(name))).toEqual([]);
    expect(files).toContain("dist/main.js");
    expect(files).toContain("engines/engines.wasm.br");
    expect(files).toContain("app.yml");
  });

  it("names its version and engines", async () => {
    const { code, stdout } = await plumbline("version", "-o", "json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      plumbline: (JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as { version: string })
        .version,
    });
  });

  it("renders, in the renderer that it starts from its own JavaScript", async () => {
    const { code, stdout, stderr } = await plumbline("render", "-f", "app.yaml", "--repo", "repo");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("replicas: 3");
  });

  it("shows a diff in the templates' words", async () => {
    const revisions = ["--base", "main", "--head", "change"];
    const { code, stdout } = await plumbline(
      "diff",
      "-f",
      "app.yaml",
      "--repo",
      "repo",
      ...revisions,
      "-o",
      "markdown",
    );
    expect(code).toBe(1);
    expect(stdout).toMatch(/^## 1 Application changes\n/);
  });
});
