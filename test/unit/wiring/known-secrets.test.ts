import { expect, it } from "vitest";

import { createKnownSecrets } from "../../../src/wiring/known-secrets.ts";
import { createFakeClock } from "../../support/fake-clock.ts";

it("knows a token until it ends, and what does not end for ever", async () => {
  const clock = createFakeClock();
  const secrets = createKnownSecrets(clock);
  const current = () => [...secrets.current()];
  secrets.remember(["webhook", "key"]);
  secrets.remember(["token"], clock.now() + 60_000);
  await clock.advance(59_999);
  expect(current()).toEqual(["webhook", "key", "token"]);
  await clock.advance(1);
  expect(current()).toEqual(["webhook", "key"]);
});

it("believes the later of two endings: a password may be a token, too", async () => {
  const clock = createFakeClock();
  const secrets = createKnownSecrets(clock);
  secrets.remember(["both"]);
  secrets.remember(["both"], clock.now() + 1);
  await clock.advance(2);
  expect([...secrets.current()]).toEqual(["both"]);
});
