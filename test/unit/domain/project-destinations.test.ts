import { describe, expect, it } from "vitest";

import { permitsDestination, type ResolvedDestination } from "../../../src/domain/project-destinations.ts";

/** `server|name|namespace`, several apart by blanks. */
function destinations(text: string) {
  return text
    .split(" ")
    .filter(Boolean)
    .map((entry) => {
      const [server = "", name = "", namespace = ""] = entry.split("|");
      return { server, name, namespace };
    });
}

const PROD = { name: "prod", server: "https://prod.test", project: "" };

function permits(rules: string, namespace: string, cluster: ResolvedDestination["cluster"] = PROD): boolean {
  const project = { name: "team", destinations: destinations(rules), permitOnlyProjectScopedClusters: false };
  return permitsDestination(project, { cluster, namespace });
}

describe("permitsDestination", () => {
  it.for([
    { rules: "", namespace: "a", is: false },
    { rules: "*||*", namespace: "a", is: true },
    { rules: "https://prod.test||a", namespace: "a", is: true },
    { rules: "https://prod.test||a", namespace: "b", is: false },
    { rules: "https://other.test||*", namespace: "a", is: false },
    { rules: "|prod|*", namespace: "a", is: true },
    { rules: "|staging|*", namespace: "a", is: false },
    { rules: "|pr*|team-*", namespace: "team-a", is: true },
    { rules: "https://prod.test||team-*", namespace: "my-team-a", is: false },
    { rules: "https://*||*", namespace: "a", is: true },
    { rules: "*||!kube-system", namespace: "a", is: true },
    { rules: "*||!kube-system", namespace: "kube-system", is: false },
    { rules: "*||* *||!kube-system", namespace: "kube-system", is: false },
    { rules: "*||!kube-system *||*", namespace: "kube-system", is: false },
    { rules: "*||* https://other.test||!kube-system", namespace: "kube-system", is: true },
    { rules: "*||* !https://prod.test||*", namespace: "a", is: false },
    { rules: "*||* !https://prod.test||b", namespace: "a", is: true },
    { rules: "!https://other.test||*", namespace: "a", is: true },
    { rules: "*||* |!prod|*", namespace: "a", is: false },
    { rules: "*||* |!prod|b", namespace: "a", is: false },
    { rules: "*||* |!staging|*", namespace: "a", is: true },
    { rules: "*||", namespace: "", is: false },
    { rules: "*||*", namespace: "", is: true },
  ])("[$rules] on namespace $namespace: $is", ({ rules, namespace, is }) => {
    expect(permits(rules, namespace)).toBe(is);
  });

  it.for([
    { name: "a trailing slash", server: "https://prod.test/" },
    { name: "an upper-case host", server: "https://PROD.test" },
    { name: "the default port", server: "https://prod.test:443" },
    { name: "all of them", server: "HTTPS://Prod.Test:443/" },
  ])("T162 sees the same server behind $name, in permissions and refusals", ({ server }) => {
    const cluster = { ...PROD, server };
    expect(permits("https://prod.test||*", "a", cluster)).toBe(true);
    expect(permits("*||* !https://prod.test||*", "a", cluster)).toBe(false);
    expect(permits(`${server}||*`, "a")).toBe(true);
    expect(permits(`*||* !${server}||*`, "a")).toBe(false);
  });

  it("T162 refuses a cluster under any of its names", () => {
    const alias = { name: "harmless", server: "https://10.0.0.1", project: "", aliases: [PROD] };
    expect(permits("*||* |!prod|*", "a", alias)).toBe(false);
    expect(permits("*||* !https://prod.test||*", "a", alias)).toBe(false);
    expect(permits("*||* |!staging|*", "a", alias)).toBe(true);
    expect(permits("https://prod.test||*", "a", alias)).toBe(false);
  });

  it("keeps a project's own cluster to that project, and opens it there", () => {
    expect(permits("*||*", "a", { ...PROD, project: "other" })).toBe(false);
    expect(permits("", "a", { ...PROD, project: "team" })).toBe(true);
    expect(permits("|!prod|*", "a", { ...PROD, project: "team" })).toBe(false);
  });

  it("permits only the project's own clusters where it says so", () => {
    const project = {
      name: "team",
      destinations: destinations("*||*"),
      permitOnlyProjectScopedClusters: true,
    };
    const isPermitted = (owner: string) =>
      permitsDestination(project, { cluster: { ...PROD, project: owner }, namespace: "a" });
    expect([isPermitted(""), isPermitted("other"), isPermitted("team")]).toEqual([false, false, true]);
  });
});
