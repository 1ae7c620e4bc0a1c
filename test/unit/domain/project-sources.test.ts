import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { permitsSource } from "../../../src/domain/project-sources.ts";

describe("permitsSource", () => {
  it.for([
    { patterns: "*", url: "https://github.com/any/thing", is: true },
    { patterns: "https://github.com/acme/*", url: "https://github.com/acme/shop", is: true },
    { patterns: "https://github.com/acme/*", url: "https://github.com/acme/shop.git", is: true },
    { patterns: "https://github.com/acme/shop.git", url: "https://github.com/acme/shop", is: true },
    { patterns: "https://github.com/acme/*", url: "https://GitHub.com/ACME/shop/", is: true },
    { patterns: "https://github.com/acme/*", url: "https://github.com:443/acme/shop", is: true },
    { patterns: "https://github.com/acme/*", url: "https://github.com/acme/deep/shop", is: false },
    { patterns: "https://github.com/acme/**", url: "https://github.com/acme/deep/shop", is: true },
    { patterns: "https://github.com/acme/*", url: "https://github.com/evil/shop", is: false },
    { patterns: "https://github.com/acme/**", url: "https://github.com/acme/../evil/shop", is: false },
    { patterns: "https://github.com/acme/**", url: "https://github.com/acme%2f../evil", is: false },
    { patterns: "https://github.com/acme/**", url: "https://user:pass@github.com/acme/shop", is: false },
    { patterns: "https://github.com/acme/*", url: "https://github.com.evil.test/acme/shop", is: false },
    { patterns: "https://github.com/acme/*", url: "https://evil.test/github.com/acme/shop", is: false },
    { patterns: "git@github.com:acme/*", url: "git@github.com:acme/shop.git", is: true },
    { patterns: "git@github.com:acme/*", url: "ssh://git@github.com/acme/shop", is: true },
    { patterns: "ssh://git@github.com/acme/*", url: "git@github.com:acme/shop", is: true },
    { patterns: "ssh://git@github.com:22/acme/*", url: "git@github.com:acme/shop", is: true },
    { patterns: "git@github.com:acme/*", url: "https://github.com/acme/shop", is: false },
    { patterns: "* !https://github.com/acme/secret", url: "https://github.com/acme/secret", is: false },
    { patterns: "!https://github.com/acme/secret *", url: "https://github.com/acme/secret.git", is: false },
    { patterns: "* !https://github.com/acme/secret", url: "git@github.com:acme/secret", is: false },
    { patterns: "* !git@github.com:acme/secret", url: "root@github.com:acme/secret", is: false },
    { patterns: "* !git@github.com:acme/secret", url: "https://github.com/acme/secret", is: false },
    { patterns: "* !https://github.com/acme/*", url: "https://github.com/other/x", is: true },
    { patterns: "!https://github.com/acme/*", url: "https://github.com/other/x", is: true },
    { patterns: "!https://github.com/acme/*", url: "https://github.com/acme/x", is: false },
    { patterns: "", url: "https://github.com/acme/x", is: false },
    { patterns: "*", url: "ext::sh -c evil", is: false },
    { patterns: "*", url: "registry.test/charts", is: true },
    { patterns: "oci://registry.test/charts/*", url: "oci://registry.test/charts/web", is: true },
    { patterns: "registry.test:5000/charts", url: "Registry.test:5000/charts/", is: true },
    { patterns: "oci://registry.test/charts", url: "oci://registry.test/other", is: false },
    { patterns: "* !oci://registry.test/**", url: "registry.test/charts/web", is: false },
    { patterns: "* !registry.test/**", url: "oci://registry.test/charts", is: false },
    { patterns: "oci://registry.test/charts/**", url: "oci://registry.test/charts/../evil", is: false },
    { patterns: "*", url: "oci://user:pass@registry.test/charts", is: false },
  ])("T163 [$patterns] on $url: $is", ({ patterns, url, is }) => {
    expect(permitsSource({ sourceRepos: patterns.split(" ").filter(Boolean) }, url)).toBe(is);
  });

  it("T164 permits no more after a denial is added, wherever it stands", () => {
    const pattern = fc.constantFrom(
      "*",
      "https://h.test/a/*",
      "https://h.test/**",
      "git@h.test:a/*",
      "!https://h.test/b/*",
    );
    const denial = fc.constantFrom("!https://h.test/a/*", "!https://h.test/**", "!git@h.test:a/*");
    const url = fc.constantFrom("https://h.test/a/x", "https://h.test/b/x", "git@h.test:a/x");
    fc.assert(
      fc.property(fc.array(pattern, { minLength: 1 }), denial, url, (patterns, added, repoURL) => {
        const isPermitted = permitsSource({ sourceRepos: ["*", ...patterns] }, repoURL);
        const isPermittedAfter = permitsSource({ sourceRepos: [added, "*", ...patterns] }, repoURL);
        expect(!isPermittedAfter || isPermitted).toBe(true);
        expect(permitsSource({ sourceRepos: ["*", ...patterns, added] }, repoURL)).toBe(isPermittedAfter);
      }),
    );
  });
});
