import { readFileSync } from "node:fs";

import { load } from "js-yaml";
import { describe, expect, it } from "vitest";

import { DOUBLE_EVENTS, DOUBLE_PERMISSIONS } from "../../../src/sandbox/github/app-registration.ts";
import { EVENT_NAMES } from "../../../src/webhooks/requests-for.ts";

interface Manifest {
  readonly hook_attributes: { readonly url: string };
  readonly public: boolean;
  readonly default_permissions: Readonly<Record<string, string>>;
  readonly default_events: readonly string[];
}

const TEXT = readFileSync(new URL("../../../app.yml", import.meta.url), "utf8");
const MANIFEST = load(TEXT) as Manifest;
/** GitHub sends them to every App. */
const UNASKED = ["installation", "installation_repositories"];

describe("app.yml", () => {
  it("asks for the events that are read, and no others", () => {
    expect([...MANIFEST.default_events, ...UNASKED].sort()).toEqual([...EVENT_NAMES].sort());
  });

  it("is what the double registers the App with", () => {
    expect(DOUBLE_EVENTS).toEqual(MANIFEST.default_events);
    expect(DOUBLE_PERMISSIONS).toEqual(MANIFEST.default_permissions);
  });

  it("sends deliveries to the path that is listened on, and is private", () => {
    expect(new URL(MANIFEST.hook_attributes.url).pathname).toBe("/api/github/webhooks");
    expect(MANIFEST.public).toBe(false);
  });

  it("gives a reason before each permission and event", () => {
    const lines = TEXT.split("\n");
    const asked = lines.flatMap((line, index) =>
      /^ {2}(?:- \w+|\w+: (?:read|write))$/.test(line) ? [index] : [],
    );
    expect(asked).toHaveLength(
      MANIFEST.default_events.length + Object.keys(MANIFEST.default_permissions).length,
    );
    for (const index of asked) expect(lines[index - 1]).toMatch(/^ +# /);
  });
});
