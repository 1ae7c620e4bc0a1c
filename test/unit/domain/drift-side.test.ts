import { describe, expect, it } from "vitest";

import { driftSide } from "../../../src/domain/drift-side.ts";
import type { JsonObject } from "../../../src/domain/json.ts";
import { liveManifestOf, manifestOf } from "../../../src/domain/manifest.ts";

const sideOf = (target: JsonObject, live: JsonObject, differing: readonly string[]): JsonObject =>
  driftSide(manifestOf(target), liveManifestOf(live), differing).object;

describe("driftSide", () => {
  it("takes live's value where a field differs, and the target's everywhere else", () => {
    const side = sideOf(
      { spec: { replicas: 3, cpu: "1" } },
      { spec: { replicas: 5, cpu: "1000m", extra: 1 }, status: {} },
      ["/spec/replicas"],
    );
    expect(side).toEqual({ spec: { replicas: 5, cpu: "1" } });
  });

  it("leaves out what live does not have", () => {
    expect(sideOf({ data: { a: "1", b: "2" } }, { data: { a: "1" } }, ["/data/b"])).toEqual({
      data: { a: "1" },
    });
  });

  it("shows what Git dropped and live still has", () => {
    expect(sideOf({ data: { a: "1" } }, { data: { a: "1", old: "2", foreign: "3" } }, ["/data/old"])).toEqual(
      {
        data: { a: "1", old: "2" },
      },
    );
  });

  it("finds the items of keyed lists by their keys", () => {
    const container = (name: string, image: string) => ({ name, image });
    const target = {
      spec: { template: { spec: { containers: [container("a", "a:1"), container("b", "b:1")] } } },
    };
    const live = {
      spec: {
        template: {
          spec: { containers: [container("sidecar", "s"), container("b", "b:2"), container("a", "a:1")] },
        },
      },
    };
    const side = sideOf(target, live, ["/spec/template/spec/containers/1/image"]);
    expect(side).toEqual({
      spec: { template: { spec: { containers: [container("a", "a:1"), container("b", "b:2")] } } },
    });
  });
});
