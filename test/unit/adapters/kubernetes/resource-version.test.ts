import { expect, it } from "vitest";

import { isLater } from "../../../../src/adapters/kubernetes/resource-version.ts";

it.for([
  { version: "10", than: "9", later: true },
  { version: "9", than: "10", later: false },
  { version: "10", than: "10", later: false },
  { version: "9007199254740993", than: "9007199254740992", later: true },
  { version: "abc", than: "abd", later: true },
  { version: "abc", than: "abc", later: false },
  { version: "5", than: "", later: true },
])("$version is later than '$than': $later", ({ version, than, later }) => {
  expect(isLater(version, than)).toBe(later);
});
