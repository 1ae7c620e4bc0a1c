import { expect, it } from "vitest";

import type { TrustLevel } from "../../../src/domain/trust-level.ts";
import { createTrustedEngines, KEPT_MEMORY_BYTES_MAX } from "../../../src/renderer/trusted-engines.ts";

/** Engines that are numbered as they are made, and have that much memory. */
function numbered() {
  const numbers = new Map<object, number>();
  const state = { memoryBytes: 0 };
  const engines = createTrustedEngines(() => {
    const engine = {
      call: () => {
        throw new Error("not here");
      },
      collect: () => undefined,
      calls: () => 0,
      memoryBytes: () => state.memoryBytes,
    };
    numbers.set(engine, numbers.size + 1);
    return engine;
  });
  /** As a worker does: which instance serves an order of that level. */
  const serve = (trust: TrustLevel | "ours"): number | undefined => {
    engines.bind(trust);
    const served = numbers.get(engines.current());
    engines.prepare();
    return served;
  };
  return { engines, state, serve };
}

it.for<{ what: string; levels: readonly (TrustLevel | "ours")[]; instances: readonly number[] }>([
  { what: "keeps its instance", levels: ["synced", "synced"], instances: [1, 1] },
  { what: "changes it with the level", levels: ["fork", "synced", "fork"], instances: [1, 2, 3] },
  {
    what: "takes one that only warmed up",
    levels: ["ours", "fork", "ours", "fork"],
    instances: [1, 1, 1, 1],
  },
  {
    what: "does not forget a level over the warm-up",
    levels: ["fork", "ours", "synced"],
    instances: [1, 1, 2],
  },
])("$what: $levels", ({ levels, instances }) => {
  const { serve } = numbered();
  expect(levels.map(serve)).toEqual(instances);
});

it("gives back an instance that was discarded, or has grown too large", () => {
  const { engines, state, serve } = numbered();
  const served = [serve("fork")];
  engines.discard();
  served.push(serve("fork"));
  state.memoryBytes = KEPT_MEMORY_BYTES_MAX + 1;
  served.push(serve("fork"), serve("fork"));
  expect(served).toEqual([1, 2, 2, 3]);
});
