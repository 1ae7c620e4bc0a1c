import { describe, expect, it } from "vitest";

import {
  amountOf,
  canonicalQuantity,
} from "../../../../../src/sandbox/embedded-cluster/defaults/quantity.ts";

describe("quantities", () => {
  it.for([
    ["1000m", "1"],
    ["0.5", "500m"],
    [0.1, "100m"],
    ["1024Mi", "1Gi"],
    ["1536Mi", "1536Mi"],
    ["1.5Gi", "1536Mi"],
    ["512", "512"],
    ["0.5Ki", "512"],
    ["1e9", "1e9"],
    ["1500e6", "1500e6"],
    ["1000k", "1M"],
    ["-2000m", "-2"],
    ["0Gi", "0"],
    [".5", "500m"],
  ] as const)("%s is written %s", ([text, canonical]) => {
    expect(canonicalQuantity(text)).toBe(canonical);
  });

  it.for(["", "1 core", "abc", "1Kii", "--1"])("'%s' is none", (text) => {
    expect(canonicalQuantity(text)).toBeUndefined();
  });

  it("are compared by amount", () => {
    expect(amountOf("1Gi")).toBe(amountOf("1024Mi"));
    expect(amountOf("1001m") > amountOf("1")).toBe(true);
  });
});
