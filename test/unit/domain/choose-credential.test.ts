import { describe, expect, it } from "vitest";

import { chooseCredential } from "../../../src/domain/choose-credential.ts";
import type { RepositoryCredential } from "../../../src/domain/repository-credentials.ts";

/** `https://git.a/x token1` logs in with token1; `https://git.a/x - team-a` has no login and is for team-a only. */
function secrets(...lines: readonly string[]): readonly RepositoryCredential[] {
  return lines.map((line) => {
    const [url = "", token = "-", project = ""] = line.split(" ");
    const git = token === "-" ? {} : { login: { kind: "bearer", token } as const };
    return { url, name: "", type: "git", project, git };
  });
}

function show(
  { repositories = [], templates = [] }: { repositories?: string[]; templates?: string[] },
  url: string,
  project = "default",
): string {
  const known = { repositories: secrets(...repositories), repositoryTemplates: secrets(...templates) };
  const { git, origin } = chooseCredential(known, { url, project });
  return `${origin} ${git.login?.kind === "bearer" ? git.login.token : "-"}`;
}

describe("chooseCredential", () => {
  it.for([
    { name: "nothing where nothing is known", known: {}, url: "https://git.a/x", shows: "none -" },
    {
      name: "the repository's own",
      known: { repositories: ["https://git.a/X.git t1"] },
      url: "https://git.a/x",
      shows: "repository t1",
    },
    {
      name: "across ssh's two forms",
      known: { repositories: ["git@git.a:x t1"] },
      url: "ssh://git@git.a/x",
      shows: "repository t1",
    },
    {
      name: "the template's for a repository without login",
      known: { repositories: ["https://git.a/x"], templates: ["https://git.a t2"] },
      url: "https://git.a/x",
      shows: "template t2",
    },
    {
      name: "the template's for a repository without Secret",
      known: { templates: ["https://git.a/ t2"] },
      url: "https://git.a/x",
      shows: "template t2",
    },
    {
      name: "the longest template's",
      known: { templates: ["https://git.a t1", "https://git.a/team t2"] },
      url: "https://git.a/team/x",
      shows: "template t2",
    },
    {
      name: "no template's over the repository's own",
      known: { repositories: ["https://git.a/x t1"], templates: ["https://git.a/x t2"] },
      url: "https://git.a/x",
      shows: "repository t1",
    },
    {
      name: "a template that is the repository",
      known: { templates: ["https://git.a/x t2"] },
      url: "https://git.a/x.git",
      shows: "template t2",
    },
  ])("takes $name", ({ known, url, shows }) => {
    expect(show(known, url)).toBe(shows);
  });

  it.for([
    {
      name: "the project's own before the one for all",
      secrets: ["https://git.a/x all", "https://git.a/x mine team-a"],
      shows: "repository mine",
    },
    {
      name: "the one for all where the project has none",
      secrets: ["https://git.a/x other team-b", "https://git.a/x all"],
      shows: "repository all",
    },
    { name: "never another project's", secrets: ["https://git.a/x other team-b"], shows: "none -" },
  ])("takes $name", ({ secrets: repositories, shows }) => {
    expect(show({ repositories }, "https://git.a/x", "team-a")).toBe(shows);
  });

  it.for([
    "https://git.a.evil/x",
    "https://git.a@evil/x",
    "http://git.a/x",
    "https://git.a:8443/x",
    "https://git.a/xx",
    "git@git.a:x",
  ])("T175 sends nothing of https://git.a/x to %s", (url) =>
    expect(show({ repositories: ["https://git.a/x t1"], templates: ["https://git.a/x t2"] }, url)).toBe(
      "none -",
    ),
  );

  it.for([
    "https://git.a/team10/x",
    "https://git.a/team1-evil/x",
    "https://git.a/team",
    "https://git.a.evil/team1/x",
    "http://git.a/team1/x",
  ])("T179 ends a template at a path segment: nothing for %s", (url) =>
    expect(show({ templates: ["https://git.a/team1 t1"] }, url)).toBe("none -"),
  );

  it("fills what is empty and keeps what the repository says itself", () => {
    const [repository, template] = secrets("https://git.a/x", "https://git.a t2");
    if (repository === undefined || template === undefined) throw new Error("two Secrets were wanted");
    const known = {
      repositories: [{ ...repository, git: { isInsecure: true, proxy: "http://own:1" } }],
      repositoryTemplates: [
        { ...template, git: { ...template.git, proxy: "http://theirs:1", noProxy: "git.b" } },
      ],
    };
    expect(chooseCredential(known, { url: "https://git.a/x", project: "default" }).git).toEqual({
      login: { kind: "bearer", token: "t2" },
      isInsecure: true,
      proxy: "http://own:1",
      noProxy: "git.b",
    });
  });

  it("takes the GitHub App only where there is no other login", () => {
    const githubApp = { appId: "1", installationId: "2", privateKey: "k", baseUrl: "" };
    const withApp = (line: string) => secrets(line).map((one) => ({ ...one, githubApp }));
    const choose = (line: string) =>
      chooseCredential(
        { repositories: withApp(line), repositoryTemplates: [] },
        { url: "https://git.a/x", project: "p" },
      );
    expect(choose("https://git.a/x").githubApp).toEqual(githubApp);
    expect(choose("https://git.a/x t1")).toEqual({
      git: { login: { kind: "bearer", token: "t1" } },
      origin: "repository",
    });
  });

  it("leaves Secrets of chart repositories alone", () => {
    const helm = secrets("https://git.a/x t1").map((one) => ({ ...one, type: "helm" }) as const);
    const known = { repositories: helm, repositoryTemplates: helm };
    expect(chooseCredential(known, { url: "https://git.a/x", project: "p" })).toEqual({
      git: {},
      origin: "none",
    });
  });
});
