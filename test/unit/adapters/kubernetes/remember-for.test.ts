import { expect, it } from "vitest";

import { rememberFor } from "../../../../src/adapters/kubernetes/remember-for.ts";
import { createFakeClock } from "../../../support/fake-clock.ts";

/** Answers with how often it was asked; fails the times that are named. */
function counting(...failing: readonly number[]) {
  let times = 0;
  return async () => {
    times += 1;
    if (failing.includes(times)) throw new Error(`time ${times}`);
    return times;
  };
}

it("is read again once it is older than it may be, and when it was refused", async () => {
  const clock = createFakeClock();
  const { read, forget } = rememberFor(100, clock, counting());
  const seen = [await read()];
  await clock.advance(100);
  seen.push(await read());
  await clock.advance(1);
  seen.push(await read());
  forget();
  seen.push(await read());
  expect(seen).toEqual([1, 1, 2, 3]);
});

it("keeps no failure: a file that was away for a moment does not lock us out", async () => {
  const { read } = rememberFor(Number.POSITIVE_INFINITY, createFakeClock(), counting(1));
  const together = await Promise.allSettled([read(), read()]);
  expect(together.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect([await read(), await read()]).toEqual([2, 2]);
});

it("does not lose a newer reading to an older one that fails late", async () => {
  const slow = Promise.withResolvers<string>();
  const readings = [slow.promise, Promise.resolve("new"), Promise.resolve("third")];
  const { read, forget } = rememberFor(100, createFakeClock(), () => readings.shift() ?? slow.promise);
  const old = read();
  forget();
  await read();
  slow.reject(new Error("late"));
  await expect(old).rejects.toThrow("late");
  expect(await read()).toBe("new");
});
