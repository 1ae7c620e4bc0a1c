import { describe, expect, it } from "vitest";

import { waveOf } from "../../../src/domain/sync-wave.ts";
import { targets } from "../../support/manifests.ts";

describe("waveOf", () => {
  it.for([
    { attributes: "", wave: 0 },
    { attributes: "wave:3", wave: 3 },
    { attributes: "wave:-5", wave: -5 },
    { attributes: "wave:05", wave: 5 },
    { attributes: "wave:-0", wave: 0 },
    { attributes: "wave:one", wave: 0 },
    { attributes: "wave:1.5", wave: 0 },
    { attributes: "weight:7", wave: 7 },
    { attributes: "wave:2,weight:7", wave: 2 },
    { attributes: "wave:one,weight:7", wave: 7 },
    { attributes: "wave:0,weight:7", wave: 0 },
    { attributes: "weight:heavy", wave: 0 },
  ])("of {$attributes} is $wave", ({ attributes, wave }) => {
    const [target] = targets(`ConfigMap/a{${attributes}}`);
    expect(target && waveOf(target)).toBe(wave);
  });

  it("takes a plus sign, as Go does", () => {
    expect(waveOf({ object: { metadata: { annotations: { "argocd.argoproj.io/sync-wave": "+4" } } } })).toBe(
      4,
    );
  });
});
