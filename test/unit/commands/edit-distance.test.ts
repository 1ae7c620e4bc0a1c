import { expect, it } from "vitest";

import { editDistance, nearestWord } from "../../../src/commands/edit-distance.ts";

it.for([
  ["sync", "sync", 0],
  ["sync", "sycn", 1],
  ["sync", "synch", 1],
  ["sync", "snc", 1],
  ["sync", "sink", 2],
  ["", "abc", 3],
  ["refresh", "refrehs", 1],
  ["kitten", "sitting", 3],
] as const)("%s and %s are %i apart", ([from, to, distance]) => {
  expect(editDistance(from, to)).toBe(distance);
  expect(editDistance(to, from)).toBe(distance);
});

it.for([
  ["hold", undefined],
  ["helo", "help"],
  ["expalin", "explain"],
  ["stats", "status"],
] as const)("%s means %s", ([word, nearest]) => {
  expect(nearestWord(word, ["help", "explain", "status"])).toBe(nearest);
});
