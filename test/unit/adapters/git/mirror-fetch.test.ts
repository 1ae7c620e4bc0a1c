import { describe, expect, it } from "vitest";

import { GIT_LIMITS } from "../../../../src/adapters/git/git-limits.ts";
import { fetchRefspecs } from "../../../../src/adapters/git/mirror-fetch.ts";
import type { Remote } from "../../../../src/adapters/git/remote.ts";
import type { RepositoryCommands } from "../../../../src/adapters/git/repository-commands.ts";
import { createFakeClock } from "../../../support/fake-clock.ts";

/** Hangs until it is told to stop. */
const hangingRemote: Remote = {
  printable: "https://git.a/x",
  listRefs: async () => ({ refs: new Map(), head: "" }),
  fetch: (_directory, _refspecs, signal) =>
    new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error))),
};

describe("fetchRefspecs", () => {
  it("T276 ends a fetch once the mirror has outgrown its limit", async () => {
    const clock = createFakeClock();
    const target = {
      gitDirectory: "/nonexistent",
      commands: {} as RepositoryCommands,
      remote: hangingRemote,
      clock,
      limits: { ...GIT_LIMITS, mirrorBytesMax: -1 },
    };
    const fetching = expect(fetchRefspecs(target, ["a:b"])).rejects.toMatchObject({
      reason: "RepositoryTooLarge",
    });
    await clock.advance(5_000);
    await fetching;
  });

  it("asks nobody for nothing", async () => {
    const target = {
      gitDirectory: "/nonexistent",
      commands: {} as RepositoryCommands,
      remote: hangingRemote,
      clock: createFakeClock(),
      limits: GIT_LIMITS,
    };
    expect(await fetchRefspecs(target, [])).toBe("fetched");
  });
});
