import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createExit, type Exit } from "../../../src/report/exit.ts";

function exit(...credentials: readonly string[]): Exit {
  return createExit({ credentials: () => credentials });
}

describe("createExit", () => {
  it.for([
    { text: "token is s3cret!", is: "token is •••" },
    { text: `json ${JSON.stringify({ a: 's3cret"\n' })}`, is: 'json {"a":"•••\\"\\n"}' },
    { text: "https://h/?t=s3cret!", is: "https://h/?t=•••" },
    { text: `https://h/?t=${encodeURIComponent("päss/word")}`, is: "https://h/?t=•••" },
    { text: `Basic ${btoa("s3cret!")}`, is: "Basic •••==" },
    { text: "nothing to see", is: "nothing to see" },
  ])("takes known credentials out of $text", ({ text, is }) => {
    expect(exit("s3cret!", "s3cret", "päss/word").scrub(text)).toBe(is);
  });

  it("takes out the lines of a private key one by one", () => {
    const key =
      "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n-----END KEY-----";
    expect(exit(key).scrub("read: BKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj")).toBe("read: •••");
  });

  it("asks for the credentials each time", () => {
    let token = "first-token";
    const { scrub } = createExit({ credentials: () => [token] });
    expect(scrub("first-token second-token")).toBe("••• second-token");
    token = "second-token";
    expect(scrub("first-token second-token")).toBe("first-token •••");
  });

  it("leaves words alone that are too short to be secrets", () => {
    expect(exit("", "a", "abc").scrub("abc a")).toBe("abc a");
  });

  it.for([
    `ghs_${"a".repeat(36)}`,
    `github_pat_${"a".repeat(40)}`,
    "https://x-access-token:abc@github.com/o/r",
    "-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----",
  ])("takes out what has the shape of a credential: %s", (text) => {
    const scrubbed = exit().scrub(`a ${text} b`);
    expect(scrubbed).toContain("•••");
    expect(scrubbed).not.toMatch(/aaaa|abc/);
  });

  it("T311 lets no planted credential out, whatever surrounds it, and passing twice changes nothing", () => {
    const secret = fc.oneof(
      fc.string({ minLength: 4 }),
      fc.string({ unit: "binary", minLength: 4 }),
      fc.constantFrom("••••", "a•••b", "••• •"),
    );
    fc.assert(
      fc.property(
        fc.array(secret, { minLength: 1, maxLength: 4 }),
        fc.array(fc.string()),
        (secrets, words) => {
          const text = [
            ...secrets,
            ...secrets.map((one) => `${one}${one.slice(1)}`),
            ...words,
            ...secrets,
          ].join("");
          const { scrub } = exit(...secrets);
          const scrubbed = scrub(text);
          for (const one of secrets) expect(scrubbed).not.toContain(one);
          expect(scrub(scrubbed)).toBe(scrubbed);
        },
      ),
      { numRuns: 100 },
    );
  });
});
