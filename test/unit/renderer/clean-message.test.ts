import { expect, it } from "vitest";
import { cleanMessage } from "../../../src/renderer/clean-message.ts";

const mounts = [{ name: "" }, { name: "values" }];

it.for([
  ["open /0/app/a.yaml: no such file", "open app/a.yaml: no such file"],
  ["failed to parse /1/env.yaml: x", "failed to parse $values/env.yaml: x"],
  ["lstat /0: y", "lstat .: y"],
  ["'/0/a b' is", "'a b' is"],
  ["1/0/2 and http://h/0/x", "1/0/2 and http://h/0/x"],
  ["/7/a", "/7/a"],
  ["\u001b[31mred\u001b[0m\u0007", "red"],
  ["a\r\nb\tc", "a\nb c"],
  ["right\u202eleft", "right left"],
] as const)("%j is told as %j", ([message, expected]) => {
  expect(cleanMessage(message, mounts)).toBe(expected);
});

it("says once what is said for each round of a template that includes itself", () => {
  const round = 'error calling include: template: a.yaml:1:20: executing "a" at <include "a" .>: ';
  expect(cleanMessage(`${round.repeat(1_000)}nested reference name: a`, mounts)).toBe(
    `${round}… nested reference name: a`,
  );
  expect(cleanMessage(`${round.repeat(2)}no value`, mounts)).toBe(`${round.repeat(2)}no value`);
});

it("T099 cuts what is too long", () => {
  expect(cleanMessage("x".repeat(1_000_000), mounts)).toHaveLength(4_001);
});
