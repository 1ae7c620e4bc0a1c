import { expect, it } from "vitest";
import { parseTree } from "../../../src/domain/parse-tree.ts";

const OID = "0123456789abcdef0123456789abcdef01234567";

function entry(mode: string, name: string): Buffer {
  return Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(OID, "hex")]);
}

it("reads names, kinds and ids in Git's order", () => {
  const tree = Buffer.concat([
    entry("100644", "a b"),
    entry("100755", "run"),
    entry("40000", "ünï"),
    entry("120000", "link"),
    entry("160000", "sub"),
  ]);
  expect([...parseTree(tree).values()]).toEqual([
    { name: "a b", kind: "file", oid: OID },
    { name: "run", kind: "file", oid: OID },
    { name: "ünï", kind: "directory", oid: OID },
    { name: "link", kind: "link", oid: OID },
    { name: "sub", kind: "submodule", oid: OID },
  ]);
});

it("reads an empty tree", () => {
  expect(parseTree(new Uint8Array(0)).size).toBe(0);
});

it.for<[what: string, bytes: Buffer]>([
  ["cut off in an id", entry("100644", "a").subarray(0, -1)],
  ["cut off in a name", Buffer.from("100644 a")],
  ["of an unknown mode", entry("777", "a")],
  ["T067 of a pipe", entry("10000", "a")],
  ["T067 of a device", entry("60644", "a")],
  ["T067 of a file that would run as its owner", entry("104755", "a")],
  ["no tree at all", Buffer.from("kind: ConfigMap\n")],
])("throws where the bytes are %s", ([, bytes]) => {
  expect(() => parseTree(bytes)).toThrow(RangeError);
});
