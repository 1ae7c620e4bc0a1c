import semver from "semver";
import { describe, expect, it } from "vitest";

import { compareVersions, parseConstraint, parseVersion } from "../../../src/domain/semver.ts";

function version(text: string) {
  const parsed = parseVersion(text);
  if (parsed === undefined) throw new Error(`${text} is not a version`);
  return parsed;
}

/** Of these versions, those within the range; `invalid` where the range is none. */
function within(range: string, versions: string): string {
  const constraint = parseConstraint(range);
  if (constraint === undefined) return "invalid";
  return versions
    .split(" ")
    .filter((text) => constraint(version(text)))
    .join(" ");
}

describe("parseVersion", () => {
  it.for(["1.2.3", "v1.2.3", "1.2", "v1", "1.2.3-rc.1", "1.2.3-rc.1+build.5", "0.0.0", "20240131123059.1.0"])(
    "reads %s",
    (text) => expect(parseVersion(text)?.text).toBe(text),
  );

  it.for([
    "",
    "main",
    "1.2.3.4",
    "01.2.3",
    "1.2.3-",
    "1.2.3-rc.01",
    "1.x",
    "vv1",
    "1.2.3 ",
    "^1.2.3",
    "release-1.2",
  ])("takes %j for no version", (text) => expect(parseVersion(text)).toBeUndefined());
});

describe("compareVersions", () => {
  it("orders as semver.org §11 says", () => {
    const sorted =
      "1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.0 2.0.0 2.1.0 2.1.1 10.0.0";
    const versions = sorted.split(" ").reverse().map(version);
    expect(
      versions
        .sort(compareVersions)
        .map(({ text }) => text)
        .join(" "),
    ).toBe(sorted);
  });

  it("takes missing numbers for zero and build metadata for nothing", () => {
    expect(compareVersions(version("v1"), version("1.0.0+x"))).toBe(0);
  });
});

describe("parseConstraint", () => {
  const RELEASES = "0.0.1 0.0.3 0.2.0 0.2.9 0.3.0 1.0.0 1.2.0 1.2.3 1.2.9 1.3.0 1.9.9 2.0.0 2.1.0 3.0.0";
  it.for([
    ["*", RELEASES],
    ["x", RELEASES],
    ["1.*", "1.0.0 1.2.0 1.2.3 1.2.9 1.3.0 1.9.9"],
    ["1.X", "1.0.0 1.2.0 1.2.3 1.2.9 1.3.0 1.9.9"],
    ["1.2.x", "1.2.0 1.2.3 1.2.9"],
    ["v1.2.x", "1.2.0 1.2.3 1.2.9"],
    ["=1.2", "1.2.0 1.2.3 1.2.9"],
    ["= 1.2.3", "1.2.3"],
    ["^1.2", "1.2.0 1.2.3 1.2.9 1.3.0 1.9.9"],
    ["^1.2.3", "1.2.3 1.2.9 1.3.0 1.9.9"],
    ["^0.2", "0.2.0 0.2.9"],
    ["^0.2.5", "0.2.9"],
    ["^0.0.3", "0.0.3"],
    ["^0.0", "0.0.1 0.0.3"],
    ["^0", "0.0.1 0.0.3 0.2.0 0.2.9 0.3.0"],
    ["~1.2.3", "1.2.3 1.2.9"],
    ["~1.2", "1.2.0 1.2.3 1.2.9"],
    ["~>1.2.3", "1.2.3 1.2.9"],
    ["~1", "1.0.0 1.2.0 1.2.3 1.2.9 1.3.0 1.9.9"],
    [">1.2.3", "1.2.9 1.3.0 1.9.9 2.0.0 2.1.0 3.0.0"],
    [">1.2", "1.3.0 1.9.9 2.0.0 2.1.0 3.0.0"],
    [">1", "2.0.0 2.1.0 3.0.0"],
    [">=1.9 <2.1", "1.9.9 2.0.0"],
    [">= 1.9, < 2.1", "1.9.9 2.0.0"],
    ["=>1.9,=<2.0", "1.9.9 2.0.0"],
    ["<0.2", "0.0.1 0.0.3"],
    ["<=0.2", "0.0.1 0.0.3 0.2.0 0.2.9"],
    ["<=1", "0.0.1 0.0.3 0.2.0 0.2.9 0.3.0 1.0.0 1.2.0 1.2.3 1.2.9 1.3.0 1.9.9"],
    [">=1.2 !=1.2.3 <2", "1.2.0 1.2.9 1.3.0 1.9.9"],
    [">=1 !=1.2 <2", "1.0.0 1.3.0 1.9.9"],
    ["!=1.x", "0.0.1 0.0.3 0.2.0 0.2.9 0.3.0 2.0.0 2.1.0 3.0.0"],
    ["1.2 - 1.3", "1.2.0 1.2.3 1.2.9 1.3.0"],
    ["1.2.3 - 2", "1.2.3 1.2.9 1.3.0 1.9.9 2.0.0 2.1.0"],
    ["~0.2 || ^2", "0.2.0 0.2.9 2.0.0 2.1.0"],
    ["<0.1||>=3", "0.0.1 0.0.3 3.0.0"],
  ] as const)("%s admits %s", ([range, admitted]) => {
    expect(within(range, RELEASES)).toBe(admitted);
  });

  const PRERELEASES = "1.1.9 1.2.0-alpha 1.2.0-beta.2 1.2.0 1.2.1-rc.1 1.3.0-alpha 2.0.0-alpha";
  it.for([
    [">=1.0.0", "1.1.9 1.2.0"],
    ["*", "1.1.9 1.2.0"],
    ["^1.2.0-beta.1", "1.2.0-beta.2 1.2.0 1.2.1-rc.1 1.3.0-alpha"],
    ["~1.2.0-0", "1.2.0-alpha 1.2.0-beta.2 1.2.0 1.2.1-rc.1"],
    [">=1.2.0-0 <1.3.0", "1.2.0-alpha 1.2.0-beta.2 1.2.0 1.2.1-rc.1 1.3.0-alpha"],
    ["1.2.0-alpha", "1.2.0-alpha"],
    ["~1.1 || ~1.2.0-0", "1.1.9 1.2.0-alpha 1.2.0-beta.2 1.2.0 1.2.1-rc.1"],
  ] as const)("%s admits of pre-releases %s", ([range, admitted]) => {
    expect(within(range, PRERELEASES)).toBe(admitted);
  });

  it.for([
    "main",
    "",
    "1.2.3.4",
    "^",
    "1..2",
    "latest",
    "^1.2 main",
    "1.2 -",
    "feature-1.x",
    "||",
    "1 || ",
    `>${"1".repeat(300)}`,
  ])("takes %j for no range", (text) => expect(within(text, "1.0.0")).toBe("invalid"));

  it.for([
    "^1.2.3",
    "~1.2.3",
    "1.2.x",
    "^0.2",
    "^0.0.3",
    ">=1.9 <2.1",
    ">1.2",
    "<=0.2",
    "1.2.3 - 2",
    "~0.2 || ^2",
    "^0",
  ])("agrees with npm's semver on the releases in %s", (range) => {
    const admitted = RELEASES.split(" ").filter((text) => semver.satisfies(text, range));
    expect(within(range, RELEASES)).toBe(admitted.join(" "));
  });
});
