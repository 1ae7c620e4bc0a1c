import { describe, expect, it } from "vitest";

import { createTurns } from "../../../../src/adapters/system/turns.ts";

describe("turns of the event loop", () => {
  it("come one at a time, in the order asked for, with room for others between them", async () => {
    const turns = createTurns();
    const seen: string[] = [];
    const work = async (name: string): Promise<void> => {
      await turns.next();
      seen.push(name);
    };
    const all = Promise.all([work("first"), work("second")]);
    setImmediate(() => {
      seen.push("somebody else");
    });
    await all;
    expect(seen).toEqual(["first", "somebody else", "second"]);
  });

  it("are given to who asks later, too", async () => {
    const turns = createTurns();
    await turns.next();
    await expect(turns.next()).resolves.toBeUndefined();
  });
});
