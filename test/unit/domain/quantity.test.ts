import { describe, expect, it } from "vitest";

import { equalQuantities } from "../../../src/domain/quantity.ts";

describe("equalQuantities", () => {
  it.for([
    ["1000m", "1"],
    ["0.5", "500m"],
    [0.5, "500m"],
    [1, "1"],
    ["1024Mi", "1Gi"],
    ["1e3", "1k"],
    ["1E3", "1000"],
    ["128974848", "123Mi"],
    ["+1", "1"],
    [".5", "0.5"],
    ["1.", "1"],
    ["-1000m", "-1"],
    ["0.0000000001", "1n"],
    [10n, "10"],
    ["1.5Gi", "1536Mi"],
  ] as const)("T291 %s equals %s", ([a, b]) => {
    expect(equalQuantities(a, b)).toBe(true);
    expect(equalQuantities(b, a)).toBe(true);
  });

  it.for([
    ["1", "1001m"],
    ["1Gi", "1G"],
    ["1", "-1"],
    ["1 ", "1"],
    ["1m", "1M"],
    ["", ""],
    ["abc", "abc"],
    [".", "."],
    ["1Kii", "1Ki"],
    [true, "1"],
    [null, "0"],
  ] as const)("%s does not equal %s", ([a, b]) => {
    expect(equalQuantities(a, b)).toBe(false);
  });
});
