import type { TrustLevel } from "../domain/trust-level.ts";
import type { Engine } from "./engine.ts";
import type { Engines } from "./render.ts";

/** One instance at a time, which never serves two trust levels: what one left in its memory no other finds. */
export interface TrustedEngines extends Engines {
  /** Makes sure that the current instance has served no other trust level. Our own warm-up binds to none. */
  bind(trust: TrustLevel | "ours"): void;
  /** Has an instance cleared up and ready before it is asked for. */
  prepare(): void;
}

/**
 * An instance that has grown past this is given back: Go returns no memory, and most renders need half. A quarter of
 * that is the headroom in engines/main.go, which is never touched.
 */
export const KEPT_MEMORY_BYTES_MAX = 128 * 1024 * 1024;

export function createTrustedEngines(make: () => Engine): TrustedEngines {
  let engine: Engine | undefined;
  let level: TrustLevel | undefined;

  function current(): Engine {
    engine ??= make();
    return engine;
  }

  return {
    current,
    fresh() {
      engine = undefined;
      return current();
    },
    discard() {
      engine = undefined;
      level = undefined;
    },
    bind(trust) {
      if (trust === "ours" || trust === level) return;
      if (level !== undefined) engine = undefined;
      level = trust;
    },
    prepare() {
      engine?.collect();
      if (engine !== undefined && engine.memoryBytes() > KEPT_MEMORY_BYTES_MAX) engine = undefined;
      if (engine === undefined) level = undefined;
      current();
    },
  };
}
