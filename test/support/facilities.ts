import { describe } from "vitest";

/** Set where everything must be there, as in CI: then what is missing fails, instead of being skipped. */
const REQUIRE_ALL = "PLUMBLINE_REQUIRE_ALL";

/**
 * A suite that needs something of the machine. Where that is missing the suite is skipped, with why in its name.
 *
 * @param missing - why it cannot run here, as the end of a sentence; `undefined` where it can.
 * @throws Error where it is missing and must not be
 */
export function describeWhere(missing: string | undefined, name: string, tests: () => void): void {
  if (missing === undefined) describe(name, tests);
  else if (process.env[REQUIRE_ALL] === "1") throw new Error(`"${name}" cannot run: ${missing}`);
  else describe.skip(`${name} (${missing})`, tests);
}
