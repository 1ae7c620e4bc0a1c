import { expect, it } from "vitest";
import { flattenDocuments } from "../../../src/renderer/documents.ts";

function flatten(...documents: readonly string[]): readonly string[] {
  return flattenDocuments(documents.map((text) => new TextEncoder().encode(text))).map(({ content }) =>
    new TextDecoder().decode(content),
  );
}

it.for<[what: string, document: string, flattened: readonly string[]]>([
  ["an object is itself", '{"kind":"A"}', ['{"kind":"A"}']],
  ["a list is its items", '{"items":[{"a":1},{"b":2}],"kind":"List"}', ['{"a":1}', '{"b":2}']],
  ["an empty list is nothing", '{"items":[],"kind":"List"}', []],
  ["a list without items is nothing", '{"items":null,"kind":"ConfigMapList"}', []],
  [
    "an object with a spec is no list",
    '{"items":null,"kind":"A","spec":{}}',
    ['{"items":null,"kind":"A","spec":{}}'],
  ],
  [
    "items further down are left alone",
    '{"kind":"A","spec":{"items":[1]}}',
    ['{"kind":"A","spec":{"items":[1]}}'],
  ],
  ["large integers stay exact", '{"items":[{"n":9007199254740993}]}', ['{"n":9007199254740993}']],
])("%s", ([, document, flattened]) => {
  expect(flatten(document)).toEqual(flattened);
});

it("gives equal documents equal digests", () => {
  const [a, b, c] = flattenDocuments(
    ['{"a":1}', '{"a":1}', '{"a":2}'].map((text) => new TextEncoder().encode(text)),
  );
  expect(a?.digest).toBe(b?.digest);
  expect(a?.digest).not.toBe(c?.digest);
  expect(a?.digest).toMatch(/^[0-9a-f]{64}$/);
});
