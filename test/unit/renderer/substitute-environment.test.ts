import { expect, it } from "vitest";
import { substituteEnvironment } from "../../../src/renderer/substitute-environment.ts";

const environment = new Map([
  ["NAME", "web"],
  ["A_1", "one"],
]);

it.for([
  ["$NAME", "web"],
  ["${NAME}", "web"],
  ["x-$NAME-y", "x-web-y"],
  ["$NAMES", ""],
  ["${NAME}S", "webS"],
  ["$A_1.$A_1", "one.one"],
  ["$$NAME", "$NAME"],
  ["$$", "$"],
  ["100%$", "100%$"],
  ["$ x", "$ x"],
  ["${}", ""],
  ["${NAME", "NAME"],
  ["${unknown}", ""],
  ["$1 left", " left"],
  ["a$.b", "a$.b"],
])("%s becomes %j", ([text, expected]) => {
  expect(substituteEnvironment(text ?? "", environment)).toBe(expected);
});
