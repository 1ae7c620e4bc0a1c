import { expect, it } from "vitest";
import { createMask } from "../../../src/domain/displayable-manifest.ts";
import { OperationError } from "../../../src/errors/operation-error.ts";
import type { RenderedSide } from "../../../src/reconciler/change.ts";
import { describeChange } from "../../../src/reconciler/describe-change.ts";
import { problemOf } from "../../../src/reconciler/problems.ts";
import { application } from "../../support/applications.ts";

const FAILED: RenderedSide = {
  kind: "failed",
  problem: problemOf(OperationError.of("PathMissing", { path: "shop" })),
};
const RENDERED: RenderedSide = {
  kind: "ok",
  value: {
    state: { revisions: [], manifests: [], digest: "", isDeterministic: true, warnings: [] },
    inputKey: "",
    sources: [],
  },
};

it.for<{ name: string; base: RenderedSide; head: RenderedSide; says: RegExp | undefined }>([
  { name: "a base that fails", base: FAILED, head: RENDERED, says: /shown as added: `shop` is not in/ },
  { name: "a base that fails and leaves", base: FAILED, head: undefined, says: /leave Git is not known/ },
  { name: "both sides failing", base: FAILED, head: FAILED, says: undefined },
  { name: "two sides that render", base: RENDERED, head: RENDERED, says: undefined },
  { name: "a new Application", base: undefined, head: RENDERED, says: undefined },
])("tells what the comparison with $name is worth", ({ base, head, says }) => {
  const shop = application({ name: "shop" });
  const side = { application: shop, trees: { kind: "ok", value: [] } } as const;
  const observed = {
    changed: { ...(base === undefined ? {} : { base: side }), ...(head === undefined ? {} : { head: side }) },
    application: shop,
    base,
    head,
    forbidden: undefined,
    drift: undefined,
    dryRun: undefined,
  };
  const { warnings } = describeChange(observed, createMask(), new Map());
  expect(warnings).toEqual(says === undefined ? [] : [expect.stringMatching(says)]);
});
