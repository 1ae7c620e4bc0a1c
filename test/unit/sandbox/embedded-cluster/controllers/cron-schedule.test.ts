import { describe, expect, it } from "vitest";

import { nextScheduled } from "../../../../../src/sandbox/embedded-cluster/controllers/cron-schedule.ts";

describe("cron schedules", () => {
  it.for([
    { schedule: "* * * * *", next: "2026-01-01T00:01" },
    { schedule: "*/15 * * * *", next: "2026-01-01T00:15" },
    { schedule: "30 2 * * *", next: "2026-01-01T02:30" },
    { schedule: "0 0 1 * *", next: "2026-02-01T00:00" },
    { schedule: "0 12 * * 0", next: "2026-01-04T12:00" },
    { schedule: "0 12 * * 7", next: "2026-01-04T12:00" },
    { schedule: "0 12 13 * 5", next: "2026-01-02T12:00" },
    { schedule: "5,10-14/2 8 * 3 *", next: "2026-03-01T08:05" },
    { schedule: "@daily", next: "2026-01-02T00:00" },
  ])("$schedule is next due at $next", ({ schedule, next }) => {
    const due = nextScheduled(schedule, Date.parse("2026-01-01T00:00:00Z"));
    expect(new Date(due ?? 0).toISOString().slice(0, 16)).toBe(next);
  });

  it.for(["x * * * *", "60 * * * *", "* * * *", "*/0 * * * *", "0 0 30 2 *"])(
    "%s is never due",
    (schedule) => {
      expect(nextScheduled(schedule, 0)).toBeUndefined();
    },
  );
});
