import { expect, it } from "vitest";
import { parseJson } from "../../../src/domain/json.ts";
import { mergePatch } from "../../../src/renderer/merge-patch.ts";

it.for([
  ['{"a": 1}', '{"b": 2}', '{"a":1,"b":2}'],
  ['{"a": 1}', '{"a": null}', "{}"],
  ['{"a": [1, 2]}', '{"a": [3]}', '{"a":[3]}'],
  ['{"a": {"b": 1, "c": 2}}', '{"a": {"b": null, "d": 3}}', '{"a":{"c":2,"d":3}}'],
  ['{"a": 1}', '{"a": {"b": null}}', '{"a":{}}'],
  ['{"a": 1}', '{"__proto__": {"polluted": true}}', '{"a":1}'],
  ['{"a": 1}', "[1]", "[1]"],
] as const)("%s patched with %s is %s", ([target, patch, expected]) => {
  expect(JSON.stringify(mergePatch(parseJson(target), parseJson(patch)))).toBe(expected);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});
