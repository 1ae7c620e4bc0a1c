import { describe, expect, it } from "vitest";

import type { ResourceKey } from "../../../src/domain/resource-key.ts";
import {
  formatResourceSelector,
  parseResourceSelector,
  selects,
} from "../../../src/domain/resource-selector.ts";

const WEB: ResourceKey = { group: "apps", kind: "Deployment", namespace: "shop", name: "web" };
const CONFIG: ResourceKey = { group: "", kind: "ConfigMap", namespace: "shop", name: "settings" };
const OTHER_WEB: ResourceKey = { ...WEB, namespace: "other" };
const ROLE: ResourceKey = {
  group: "rbac.authorization.k8s.io",
  kind: "ClusterRole",
  namespace: "",
  name: "system:aggregate:x",
};
const NODE: ResourceKey = { group: "", kind: "Node", namespace: "", name: "n1" };

function selectors(text: string) {
  return text
    .split(" ")
    .filter(Boolean)
    .map((part) => {
      const result = parseResourceSelector(part);
      if (result.kind === "problem") throw new Error(result.problem);
      return result.selector;
    });
}

describe("selects", () => {
  it.for([
    { text: "", key: WEB, is: true },
    { text: "apps:Deployment:web", key: WEB, is: true },
    { text: "apps:Deployment:shop/web", key: WEB, is: true },
    { text: "apps:Deployment:other/web", key: WEB, is: false },
    { text: "apps:Deployment:api", key: WEB, is: false },
    { text: ":Deployment:web", key: WEB, is: false },
    { text: "apps:StatefulSet:web", key: WEB, is: false },
    { text: ":ConfigMap:settings", key: CONFIG, is: true },
    { text: ":Node:n1", key: NODE, is: true },
    { text: "rbac.authorization.k8s.io:ClusterRole:system:aggregate:x", key: ROLE, is: true },
    { text: "*:ClusterRole:system:*", key: ROLE, is: true },
    { text: "*:ClusterRole:system", key: ROLE, is: false },
    { text: "*:*:*", key: WEB, is: true },
    { text: "*:*:sh*/*", key: WEB, is: true },
    { text: "apps:*:w*", key: WEB, is: true },
    { text: ":ConfigMap:settings apps:Deployment:web", key: WEB, is: true },
    { text: "!apps:Deployment:web", key: WEB, is: false },
    { text: "!apps:Deployment:web", key: CONFIG, is: true },
    { text: "*:*:* !*:ConfigMap:*", key: CONFIG, is: false },
    { text: "*:*:* !*:ConfigMap:*", key: WEB, is: true },
    { text: ":ConfigMap:settings !*:Secret:*", key: WEB, is: false },
  ])("T169 [$text] on $key.kind $key.name: $is", ({ text, key, is }) => {
    expect(selects(selectors(text), key)).toBe(is);
  });

  it.for([WEB, CONFIG, NODE, OTHER_WEB, ROLE])("reads what is written: exactly $kind $name", (key) => {
    const written = selectors(formatResourceSelector(key));
    expect([WEB, CONFIG, NODE, OTHER_WEB, ROLE].filter((other) => selects(written, other))).toEqual([key]);
  });
});

describe("parseResourceSelector", () => {
  it.for([
    { text: "web", problem: "`web` is not GROUP:KIND:NAME or GROUP:KIND:NAMESPACE/NAME" },
    {
      text: "apps:Deployment",
      problem: "`apps:Deployment` is not GROUP:KIND:NAME or GROUP:KIND:NAMESPACE/NAME",
    },
    { text: "apps::web", problem: "`apps::web` names no kind" },
    { text: "apps:Deployment:", problem: "`apps:Deployment:` names no object" },
    { text: "apps:Deployment:shop/", problem: "`apps:Deployment:shop/` names no object" },
    { text: "apps:Deployment:a/b/c", problem: "`apps:Deployment:a/b/c` names no object" },
  ])("refuses $text", ({ text, problem }) => {
    expect(parseResourceSelector(text)).toEqual({ kind: "problem", problem });
  });
});
