import { describe, expect, it } from "vitest";

import { createBudget } from "../../../../src/adapters/github/budget.ts";
import { untilReset } from "../../../../src/adapters/github/failures.ts";
import { type Identity, sendAs } from "../../../../src/adapters/github/sending.ts";
import { createFakeClock, settle } from "../../../support/fake-clock.ts";

const clock = createFakeClock();
const identityOn = (budget: Identity["budget"]): Identity => ({
  who: "installation",
  installationId: 1,
  budget,
  authorization: async () => "token t",
  refused: () => undefined,
});
const post = () => ({
  method: "POST",
  url: "/repos/{owner}/{repo}/statuses/{sha}",
  headers: {} as Record<string, unknown>,
  request: {} as { signal?: AbortSignal },
});
const OK = { status: 201, headers: {} };

it("counts a request's time from when it goes out, not from when it began to wait for its turn", async () => {
  const turn = Promise.withResolvers<void>();
  const budget = { ...createBudget(clock), acquire: () => turn.promise.then(() => () => undefined) };
  const options = post();
  const sent = sendAs(identityOn(budget), { options, request: () => OK }, { clock, random: () => 0 });
  await settle();
  expect(options.request.signal).toBeUndefined();
  turn.resolve();
  expect(await sent).toBe(OK);
  expect(options).toMatchObject({
    headers: { authorization: "token t" },
    request: { signal: { aborted: false } },
  });
});

describe("how long a used-up quota lasts", () => {
  const now = Date.UTC(2026, 0, 1);
  const seconds = (ms: number) => String(ms / 1_000);
  it.for([
    { what: "by our clock", headers: { "x-ratelimit-reset": seconds(now + 90_000) }, waitMs: 90_000 },
    {
      what: "by GitHub's clock, where it tells",
      headers: {
        date: new Date(now + 60_000).toUTCString(),
        "x-ratelimit-reset": seconds(now + 90_000),
      },
      waitMs: 30_000,
    },
    { what: "a second at least", headers: { "x-ratelimit-reset": seconds(now - 5_000) }, waitMs: 1_000 },
    { what: "a minute where nothing says", headers: {}, waitMs: 60_000 },
    { what: "a minute where it is no number", headers: { "x-ratelimit-reset": "soon" }, waitMs: 60_000 },
  ])("$what", ({ headers, waitMs }) => {
    expect(untilReset(headers, now)).toBe(waitMs);
  });
});
