import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";

import { assembleControlPlane, readControlPlane } from "../../../src/config/control-plane.ts";
import { readKubernetesYaml } from "../../../src/config/kubernetes-yaml.ts";
import { readDefinitions } from "../../../src/config/read-definitions.ts";
import {
  isJsonArray,
  isJsonObject,
  type JsonValue,
  stringAt,
  stringifyJson,
} from "../../../src/domain/json.ts";

const FOLDER = join(import.meta.dirname, "../../fixtures/control-plane");

/** The example control plane, a small one with everything that a team would have. */
const FILES = readdirSync(FOLDER, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.ya?ml$/.test(name))
  .sort()
  .map((name) => ({ file: relative(".", name), text: readFileSync(join(FOLDER, name), "utf8") }));

const DOCUMENTS = FILES.flatMap(({ text }) => readKubernetesYaml(text).documents.map(({ value }) => value));

/** What a field may be that it must not be. */
const STRANGE: readonly JsonValue[] = [2n ** 63n, "x\u0000`x`", [1], {}];

/** The document with each value in turn replaced by each strange one, or left out. */
function* mutations(
  value: JsonValue,
  rebuild: (value: JsonValue | undefined) => JsonValue,
): Generator<JsonValue> {
  for (const strange of STRANGE) yield rebuild(strange);
  if (isJsonArray(value)) {
    for (const [index, item] of value.entries()) {
      yield* mutations(item, (changed) =>
        rebuild(value.toSpliced(index, 1, ...(changed === undefined ? [] : [changed]))),
      );
    }
  }
  if (isJsonObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      yield* mutations(item, (changed) => {
        const { [key]: _, ...rest } = value;
        return rebuild(changed === undefined ? rest : { ...rest, [key]: changed });
      });
      const { [key]: _, ...without } = value;
      yield rebuild(without);
    }
  }
}

describe("the example control plane", () => {
  it("is read without a problem", () => {
    const snapshot = readControlPlane(FILES);
    expect(snapshot.problems).toEqual([]);
    expect(snapshot.applications.map(({ value }) => value.name)).toEqual([
      "monitoring",
      "shop",
      "shop-search",
    ]);
    expect(snapshot.projects.map(({ value }) => value.name)).toEqual(["default", "storefront"]);
    expect(snapshot.clusters.map(({ cluster }) => cluster.name)).toEqual(["in-cluster", "production"]);
    expect(snapshot.repositories).toHaveLength(1);
    expect(snapshot.repositoryTemplates).toHaveLength(1);
    expect(snapshot.settings).toMatchObject({ ignoreAggregatedRoles: true });
  });
});

describe("readDefinitions, with any field of the wrong kind", () => {
  it.for(DOCUMENTS.map((document) => [stringAt(document, "metadata", "name") ?? "", document] as const))(
    "T012 never fails on %s: it is read, or it is said why not",
    ([, document]) => {
      let count = 0;
      for (const mutated of mutations(document, (changed) => changed ?? null)) {
        count += 1;
        const text = stringifyJson(mutated);
        const reading = readDefinitions({ file: "x.yaml", text });
        const isSilent = reading.documents.some(
          (one) => one.value === undefined && one.problems.length === 0,
        );
        if (isSilent) expect.fail(text);
        assembleControlPlane([reading]);
      }
      expect(count).toBeGreaterThan(30);
    },
  );

  it("says nothing of Secrets, however they are broken", () => {
    const secrets = DOCUMENTS.filter((document) => stringAt(document, "kind") === "Secret");
    const told = secrets.flatMap((secret) =>
      [...mutations(secret, (changed) => changed ?? null)].flatMap((mutated) =>
        readDefinitions({ file: "x.yaml", text: stringifyJson(mutated) }).documents.flatMap(
          ({ problems }) => problems,
        ),
      ),
    );
    expect(told.length).toBeGreaterThan(100);
    expect(JSON.stringify(told)).not.toMatch(/not-a-token|not-a-key|bm90LWE/);
  });
});
