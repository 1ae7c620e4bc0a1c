import { describe, expect, it } from "vitest";

import { looksUnmounted } from "../../../../src/adapters/control-plane/known-files.ts";

describe("looksUnmounted", () => {
  const file = { file: "a.yaml", path: "/plane/a.yaml", version: "1" };

  it.for([
    ["an empty folder on another file system", [], "2", true, true],
    ["an emptied folder on the same one", [], "1", true, false],
    ["files on another file system", [file], "2", true, false],
    ["an empty folder that was empty before", [], "2", false, false],
  ] as const)("judges %s", ([, files, device, hadFiles, isGone]) => {
    expect(looksUnmounted({ files, device }, { device: "1", hadFiles })).toBe(isGone);
  });
});
