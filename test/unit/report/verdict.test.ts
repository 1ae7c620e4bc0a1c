import { expect, it } from "vitest";

import { totals } from "../../../src/report/verdict.ts";
import { application, preview } from "./support.ts";

it.for([
  [1, "**no object changes** over the only Application that reads this repository."],
  [12, "**no object changes** over 1 of 12 Applications that read this repository."],
] as const)("counts one of %i Applications", ([applicationsConsidered, words]) => {
  expect(totals({ ...preview([application("shop")]), applicationsConsidered })).toBe(words);
});
