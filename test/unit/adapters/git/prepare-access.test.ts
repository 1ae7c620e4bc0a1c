import { expect, it } from "vitest";

import { withAccess } from "../../../../src/adapters/git/prepare-access.ts";
import type { GitCredential } from "../../../../src/domain/git-credential.ts";
import { parseRepositoryUrl } from "../../../../src/domain/repository-url.ts";

const URL_TEXT = "https://git.example.com/team/web.git";

function settingsFor(credential: GitCredential): Promise<readonly (readonly [string, string])[]> {
  const parsed = parseRepositoryUrl(URL_TEXT, ["https"]);
  if (parsed.kind !== "url") throw new Error("not a URL");
  return withAccess(
    { url: parsed.url, credential, privateFolder: "/nonexistent" },
    async ({ settings }) => settings,
  );
}

it("T176 binds everything it gives Git to the very repository, and to no other on the way", async () => {
  const login = { kind: "bearer", token: "canary" } as const;
  const settings = await settingsFor({ login, isInsecure: true, proxy: "http://proxy.example.com:3128" });
  expect(Object.fromEntries(settings)).toEqual({
    [`http.${URL_TEXT}.extraHeader`]: "Authorization: Bearer canary",
    [`http.${URL_TEXT}.sslVerify`]: "false",
    [`http.${URL_TEXT}.proxy`]: "http://proxy.example.com:3128",
  });
});

it("gives nothing where there is nothing to give", async () => {
  expect(await settingsFor({})).toEqual([]);
});
