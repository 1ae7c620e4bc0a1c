import { describe, expect, it } from "vitest";

import {
  canonicalUrl,
  isProxyUrl,
  mirrorUrl,
  parseRepositoryUrl,
  printableUrl,
  type RepositoryUrl,
  repositoryName,
} from "../../../src/domain/repository-url.ts";

function url(text: string): RepositoryUrl {
  const result = parseRepositoryUrl(text, ["https", "http", "ssh", "file"]);
  if (result.kind === "refused") throw new Error(`${text}: ${result.problem}`);
  return result.url;
}

describe("parseRepositoryUrl", () => {
  it.for([
    {
      text: "https://github.com/acme/shop.git",
      protocol: "https",
      host: "github.com",
      path: "acme/shop.git",
    },
    { text: " https://GitHub.com/acme/shop/ ", protocol: "https", host: "github.com", path: "acme/shop" },
    { text: "http://git.a:8080/x", protocol: "http", host: "git.a", path: "x" },
    { text: "https://[::1]:8443/x", protocol: "https", host: "[::1]", path: "x" },
    { text: "git@github.com:acme/shop.git", protocol: "ssh", host: "github.com", path: "acme/shop.git" },
    { text: "github.com:acme/shop", protocol: "ssh", host: "github.com", path: "acme/shop" },
    { text: "ssh://git@git.a:2222/x", protocol: "ssh", host: "git.a", path: "x" },
    {
      text: "https://dev.azure.com/org/my%20project/_git/x",
      protocol: "https",
      host: "dev.azure.com",
      path: "org/my%20project/_git/x",
    },
  ])("reads $text", ({ text, ...expected }) => {
    expect(url(text)).toMatchObject(expected);
  });

  it.for([
    "ext::sh -c x",
    "ext::sh%20-c%20x",
    "fd::17",
    "--upload-pack=x",
    "-u",
    "ssh://-oProxyCommand=x/y",
    "ssh://-oProxyCommand=x@host/y",
    "-oProxyCommand=x:y",
    "git@-host:x",
    "file:///etc",
    "/etc",
    "./x",
    "../x",
    "git://github.com/acme/shop",
    "ftp://a/b",
    "javascript:alert(1)//x",
    "https://github.com/acme/shop\nHost: evil",
    "https://github.com/acme\r/shop",
    "https://github.com/a\u0000b",
    "https://github.com/acme/sh op",
    "https://github.com\\@evil/x",
    "https://git.a",
    "https://git.a/",
    "https://git.a:99999/x",
    "https:///x",
    "https://git.a/-x",
    "git@git.a:-x",
    "",
    `https://git.a/${"x".repeat(3_000)}`,
  ])("T077 refuses %j", (text) => {
    expect(parseRepositoryUrl(text).kind).toBe("refused");
  });

  it.for([
    "https://token@github.com/acme/shop",
    "https://user:secret@github.com/acme/shop",
    "https://git.a@evil/x",
    "ssh://git:secret@git.a/x",
    "http://:p@git.a/x",
  ])("T177 refuses userinfo in %s and does not repeat it", (text) => {
    const result = parseRepositoryUrl(text);
    expect(result.kind).toBe("refused");
    expect(JSON.stringify(result)).not.toMatch(/secret|token@/);
  });

  it.for(["https://git.a/x?token=abc", "https://git.a/x#y", "git@git.a:x?token=abc"])(
    "T119 refuses %s",
    (text) => {
      expect(parseRepositoryUrl(text).kind).toBe("refused");
    },
  );

  it.for([
    "https://github.com/org/../evil",
    "https://github.com/org/./x",
    "https://github.com/org//x",
    "https://github.com/org/%2e%2e/evil",
    "https://github.com/org%2fevil",
    "https://github.com/org%5cevil",
    "https://github.com/org%00evil",
    "https://github.com/100%",
    "git@github.com:org/../evil",
  ])("T163 refuses a path that hides where it leads: %s", (text) => {
    expect(parseRepositoryUrl(text).kind).toBe("refused");
  });

  it.for([
    ["HTTPS://GitHub.com:443/Acme/Shop.git/", "https://github.com/Acme/Shop.git"],
    ["ssh://git@GIT.a/X", "ssh://git@git.a/X"],
    ["git@GitHub.com:Acme/Shop.git", "git@GitHub.com:Acme/Shop.git"],
  ] as const)("gives Git for %s %s", ([text, given]) => {
    expect(url(text).text).toBe(given);
  });

  it("admits local paths only where they were allowed", () => {
    expect(parseRepositoryUrl("/srv/x").kind).toBe("refused");
    expect(parseRepositoryUrl("file:///srv/x/", ["file"])).toMatchObject({
      kind: "url",
      url: { path: "/srv/x", text: "/srv/x" },
    });
    expect(parseRepositoryUrl("/srv/../etc", ["file"]).kind).toBe("refused");
    expect(parseRepositoryUrl("https://git.a/x", ["file"]).kind).toBe("refused");
  });
});

describe("canonicalUrl", () => {
  it.for([
    ["https://github.com/Acme/Shop.git", "https://github.com/acme/shop"],
    ["https://GitHub.com:443/acme/shop/", "https://github.com/acme/shop"],
    ["https://github.com:8443/acme/shop", "https://github.com:8443/acme/shop"],
    ["git@github.com:acme/shop.git", "git@github.com/acme/shop"],
    ["ssh://git@github.com/acme/shop", "git@github.com/acme/shop"],
    ["ssh://git@github.com:22/acme/shop", "git@github.com/acme/shop"],
    ["/srv/Git/x.git", "/srv/git/x"],
  ] as const)("takes %s for %s", ([text, canonical]) => {
    expect(canonicalUrl(url(text))).toBe(canonical);
  });

  it.for([
    ["https://git.a/x", "http://git.a/x"],
    ["https://git.a/x", "https://git.a.evil/x"],
    ["https://git.a/x", "https://git.a:8443/x"],
    ["ssh://git@git.a/x", "ssh://root@git.a/x"],
    ["https://git.a/x", "git@git.a:x"],
  ] as const)("T175 tells %s from %s", ([a, b]) => {
    expect(canonicalUrl(url(a))).not.toBe(canonicalUrl(url(b)));
  });
});

describe("the other forms of a URL", () => {
  it("keeps a mirror apart by the case of its path, not of its host", () => {
    expect(mirrorUrl(url("https://GIT.a/X.git"))).toBe("https://git.a/X");
    expect(mirrorUrl(url("https://git.a/x"))).not.toBe(mirrorUrl(url("https://git.a/X")));
  });

  it.for([
    "https://github.com/Acme/Shop.git",
    "git@github.com:acme/shop",
    "ssh://x@github.com:2222/acme/shop",
  ])("names %s by host and path", (text) => expect(repositoryName(url(text))).toBe("github.com/acme/shop"));
});

describe("printableUrl", () => {
  it.for([
    ["https://user:secret@git.a/x?token=secret#secret", "https://git.a/x"],
    ["https://secret@git.a/x", "https://git.a/x"],
    ["https://a@b:secret@git.a/x", "https://git.a/x"],
    ["root:secret@git.a/x", "git.a/x"],
    ["git@github.com:acme/shop", "git@github.com:acme/shop"],
    ["https://git.a/x\nsecond `line`", "https://git.a/x second 'line'"],
  ] as const)("T119 prints %j as %s", ([text, printable]) => {
    expect(printableUrl(text)).toBe(printable);
  });

  it("cuts what is too long to print", () => {
    expect(printableUrl(`https://git.a/${"x".repeat(500)}`)).toHaveLength(200);
  });
});

describe("isProxyUrl", () => {
  it.for(["http://proxy:3128", "https://user:p%40ss@proxy.corp:3128/", "socks5://proxy:1080"])(
    "takes %s",
    (text) => {
      expect(isProxyUrl(text)).toBe(true);
    },
  );

  it.for([
    "proxy:3128",
    "socks5://proxy;id",
    "http://$(id)/",
    "http://a b",
    "http://proxy\n",
    "file:///x",
    "http://`id`",
  ])("T081 refuses %j", (text) => expect(isProxyUrl(text)).toBe(false));
});
