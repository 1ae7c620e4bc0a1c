import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";

import { readKubernetesYaml } from "../../../src/config/kubernetes-yaml.ts";
import { canonicalJson, type JsonValue, parseJson, valueAt } from "../../../src/domain/json.ts";
import { describeWhere } from "../../support/facilities.ts";
import { fetchTools, missingToolsReason } from "../../support/tools.ts";
import { REFUSED, SCALARS } from "../../support/yaml-cases.ts";

const run = promisify(execFile);

/** Scalars of the characters that numbers, booleans and dates are made of, the same ones every time. */
function randomScalars(count: number): readonly string[] {
  const alphabet = [
    ..."0123456789abeEfxXoO._+-nyNY",
    "0x",
    "0o",
    "0b",
    "1e",
    "yes",
    "no",
    "on",
    "off",
    "2001-",
  ];
  let state = 20_260_101;
  const next = (limit: number) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % limit;
  };
  const scalars = Array.from({ length: count }, () =>
    Array.from({ length: 1 + next(6) }, () => alphabet[next(alphabet.length)] ?? "").join(""),
  );
  // A dash or `---` alone is no scalar.
  return scalars.filter((text) => !/^-+$/.test(text));
}

describeWhere(missingToolsReason(), "readKubernetesYaml against kubectl", () => {
  let kubectl = "";
  let folder = "";
  beforeAll(async () => {
    kubectl = (await fetchTools()).kubectl;
    folder = await mkdtemp(join(tmpdir(), "plumbline-yaml-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** What kubectl makes of each value, without asking a cluster. */
  async function kubectlReads(values: readonly string[]): Promise<readonly (JsonValue | undefined)[]> {
    const file = join(folder, "values.yaml");
    const documents = values.map(
      (value) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\nv: ${value}\n`,
    );
    await writeFile(file, documents.join("---\n"));
    const args = ["label", "--local", "-f", file, "a=b", "-o", "json"];
    const { stdout } = await run(kubectl, args, { maxBuffer: 64 * 1024 * 1024 });
    const objects = stdout.trim().split(/\n(?=\{)/);
    return objects.map((object) => valueAt(parseJson(object), "v"));
  }

  function weRead(value: string): JsonValue | undefined {
    return valueAt(readKubernetesYaml(`v: ${value}\n`).documents[0]?.value, "v");
  }

  /** Numbers beyond 64 bits come back rounded to what a float can hold, in one notation or another. */
  const comparable = (value: JsonValue | undefined) => canonicalJson(value === undefined ? "absent" : value);

  it("reads every case of the table alike", async () => {
    const values = SCALARS.map(([text]) => text);
    const theirs = await kubectlReads(values);
    const ours = values.map(weRead);
    expect(ours.map((value, index) => `${values[index]} → ${comparable(value)}`)).toEqual(
      theirs.map((value, index) => `${values[index]} → ${comparable(value)}`),
    );
  });

  it("reads two thousand other scalars alike", async () => {
    const values = randomScalars(2_000);
    const theirs = await kubectlReads(values);
    const differing = values.filter(
      (value, index) => comparable(weRead(value)) !== comparable(theirs[index]),
    );
    expect(differing).toEqual([]);
  });

  it("reads a thousand of them as keys alike", async () => {
    const values = randomScalars(1_000).map((key) => `{${key}: x}`);
    const theirs = await kubectlReads(values);
    const differing = values.filter(
      (value, index) => comparable(weRead(value)) !== comparable(theirs[index]),
    );
    expect(differing).toEqual([]);
  });

  it.for(REFUSED)("refuses `%s` alike", async (value) => {
    await expect(kubectlReads([value])).rejects.toThrow();
    expect(readKubernetesYaml(`v: ${value}\n`).problems).toHaveLength(1);
  });
});
