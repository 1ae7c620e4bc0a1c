import { describe, expect, it } from "vitest";

import { parseGoBoolean, parseGoDuration } from "../../../src/config/go-text.ts";

describe("parseGoDuration", () => {
  it.for([
    ["5", 5_000],
    ["0", 0],
    ["5s", 5_000],
    ["1m30s", 90_000],
    ["1.5h", 5_400_000],
    ["100ms", 100],
    ["2us", 0.002],
    [".5s", 500],
    ["-5s", -5_000],
    ["1h0m", 3_600_000],
    ["", undefined],
    ["s", undefined],
    ["5d", undefined],
    ["5 s", undefined],
    ["1m30", undefined],
    ["five", undefined],
  ] as const)("reads %o as %o ms", ([text, milliseconds]) => {
    expect(parseGoDuration(text)).toBe(milliseconds);
  });
});

describe("parseGoBoolean", () => {
  it.for([
    ["true", true],
    ["T", true],
    ["1", true],
    ["False", false],
    ["0", false],
    ["yes", undefined],
    ["tRUE", undefined],
    ["", undefined],
  ] as const)("reads %o as %o", ([text, value]) => {
    expect(parseGoBoolean(text)).toBe(value);
  });
});
