import { describe, expect, it } from "vitest";

import { type DeletionCircumstances, whyHeld } from "../../../src/domain/deletion-guard.ts";
import { DELETION_APPROVED, type FinalizedApplication } from "../../../src/domain/resources-finalizer.ts";
import { application } from "../../support/applications.ts";

const DEFINED: FinalizedApplication = {
  application: application(),
  controlPlane: "directory:/cp",
  file: "shop.yaml",
  hookRevisions: [],
};
const GONE: FinalizedApplication = { ...DEFINED, missedSince: 1 };
const APPROVED: FinalizedApplication = {
  ...GONE,
  application: application({ annotations: { [DELETION_APPROVED]: "2026-11-23T10:00:00Z" } }),
};

function many(count: number, one: FinalizedApplication): readonly FinalizedApplication[] {
  return Array.from({ length: count }, () => one);
}

function held(gone: FinalizedApplication, circumstances: Partial<DeletionCircumstances>) {
  return whyHeld(gone, { finalized: [gone], isControlPlaneEmpty: false, freeze: "", ...circumstances });
}

describe("whyHeld", () => {
  it("lets one go", () => {
    expect(held(GONE, {})).toBeUndefined();
  });

  it("lets three go at once, though there are no others", () => {
    expect(held(GONE, { finalized: many(3, GONE) })).toBeUndefined();
  });

  it("lets a fifth of many go at once", () => {
    expect(held(GONE, { finalized: [...many(20, GONE), ...many(80, DEFINED)] })).toBeUndefined();
  });

  it("T287 holds all where more are gone at once", () => {
    const finalized = [...many(21, GONE), ...many(79, DEFINED)];
    expect(held(GONE, { finalized })).toEqual({ kind: "tooManyAtOnce", removed: 21, finalized: 100 });
  });

  it("does not count what was approved", () => {
    expect(held(GONE, { finalized: [...many(3, GONE), ...many(10, APPROVED)] })).toBeUndefined();
  });

  it("holds even one where the control plane lost everything", () => {
    expect(held(GONE, { isControlPlaneEmpty: true })).toEqual({ kind: "controlPlaneEmpty" });
  });

  it("does not hold for that what a repository defined", () => {
    expect(held({ ...GONE, repositoryId: 1 }, { isControlPlaneEmpty: true })).toBeUndefined();
  });

  it("T288 holds all while writes are frozen, approved or not", () => {
    expect(held(APPROVED, { freeze: "incident" })).toEqual({ kind: "frozen", why: "incident" });
  });

  it("lets what was approved go, whatever else is gone", () => {
    const finalized = many(50, GONE);
    expect(held(APPROVED, { finalized, isControlPlaneEmpty: true })).toBeUndefined();
  });
});
