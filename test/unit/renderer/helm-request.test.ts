import { expect, it } from "vitest";
import { escapeCommas } from "../../../src/renderer/helm-request.ts";

it.for([
  ["a", "a"],
  ["a,b", "a\\,b"],
  ["a\\,b", "a\\,b"],
  [",a,,b", "\\,a\\,\\,b"],
  ["{a,b}", "{a,b}"],
  ["{a,b},c", "{a\\,b}\\,c"],
  ["", ""],
] as const)("%s is set as %s", ([value, expected]) => {
  expect(escapeCommas(value)).toBe(expected);
});
