import { describe, expect, it } from "vitest";

import { createFetchQueue, type Want } from "../../../../src/adapters/git/fetch-queue.ts";
import { OperationError } from "../../../../src/errors/operation-error.ts";
import { settle } from "../../../support/fake-clock.ts";

function want(...shas: string[]): Want {
  return { shas, refs: shas.map((sha) => `refs/heads/${sha}`) };
}

function gatedFetch() {
  const fetched: string[] = [];
  const open: (() => void)[] = [];
  const fetch = async ({ shas }: Want) => {
    fetched.push(shas.join(","));
    await new Promise<void>((resolve) => open.push(resolve));
    if (shas.includes("bad")) throw OperationError.of("RevisionNotFound", { revision: "bad", detail: "" });
    if (shas.includes("down")) throw OperationError.of("RepositoryUnreachable", { url: "https://git.a/x" });
  };
  const release = async () => {
    while (open.length > 0) {
      for (const go of open.splice(0)) go();
      await settle();
    }
  };
  return { fetched, release, queue: createFetchQueue(fetch) };
}

describe("createFetchQueue", () => {
  it("fetches one at a time, and what was asked for meanwhile in one more", async () => {
    const { fetched, queue, release } = gatedFetch();
    const all = Promise.all(["a", "b", "c", "b"].map((sha) => queue(want(sha))));
    await release();
    await all;
    expect(fetched).toEqual(["a", "b,c"]);
  });

  it("lets no missing commit spoil what was asked for with it", async () => {
    const { fetched, queue, release } = gatedFetch();
    const all = Promise.allSettled(["a", "b", "bad", "c"].map((sha) => queue(want(sha))));
    await release();
    expect((await all).map(({ status }) => status)).toEqual([
      "fulfilled",
      "fulfilled",
      "rejected",
      "fulfilled",
    ]);
    expect(fetched).toEqual(["a", "b,bad,c", "b", "bad", "c"]);
  });

  it("does not ask a dead server once for each who waits", async () => {
    const { fetched, queue, release } = gatedFetch();
    const all = Promise.allSettled(["down", "down", "b", "c"].map((sha) => queue(want(sha))));
    await release();
    expect((await all).map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected", "rejected"]);
    expect(fetched).toEqual(["down", "down,b,c"]);
  });

  it("goes on after it was idle, and after a failure", async () => {
    const { fetched, queue, release } = gatedFetch();
    const first = Promise.allSettled([queue(want("down"))]);
    await release();
    await first;
    const second = queue(want("a"));
    await release();
    await second;
    expect(fetched).toEqual(["down", "a"]);
  });
});
