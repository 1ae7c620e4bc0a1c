import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { JsonObject } from "../../../src/domain/json.ts";
import type { ResourceKey } from "../../../src/domain/resource-key.ts";
import { chart, configMap, createServerRig, NAMESPACE, type ServerRig } from "../../support/server-rig.ts";

const HELD = `apiVersion: v1
kind: ConfigMap
metadata: { name: held, finalizers: [example.com/hold] }
`;

function key(name: string, namespace = NAMESPACE): ResourceKey {
  return { group: "", kind: "ConfigMap", namespace, name };
}

/** What the rig's `applicationFile` does not write: two sources, of two repositories. */
function twoSources(cloneUrl: string, valuesUrl: string): string {
  return `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: two, namespace: argocd }
spec:
  project: default
  sources:
    - { repoURL: "${cloneUrl}", path: two, targetRevision: main, helm: { valueFiles: [$values/two.yaml] } }
    - { repoURL: "${valuesUrl}", ref: values, targetRevision: main }
  destination: { server: https://kubernetes.default.svc, namespace: ${NAMESPACE} }
  syncPolicy: { automated: { prune: true, selfHeal: true }, syncOptions: [CreateNamespace=true] }
`;
}

describe("what leaves Git", () => {
  let rig: ServerRig;
  beforeAll(async () => {
    rig = await createServerRig({
      files: {
        ...chart("broken"),
        "broken/templates/other.yaml": configMap("broken-other"),
        "held/kept.yaml": configMap("kept"),
        "held/held.yaml": HELD,
        "before/config.yaml": configMap("before"),
        ...chart("two"),
      },
      applications: [{ name: "broken" }, { name: "held" }, { name: "before" }],
    });
    await Promise.all(["broken", "held", "before"].map((name) => rig.arrives(name)));
    await rig.settled();
  });
  afterAll(() => rig.close());

  function live(of: ResourceKey): JsonObject | undefined {
    return rig.clusters.get("in-cluster").control.get(of);
  }

  function uid(of: ResourceKey): unknown {
    return (live(of)?.["metadata"] as JsonObject | undefined)?.["uid"];
  }

  function deletes(): number {
    return rig.clusters.get("in-cluster").control.requests.count("delete");
  }

  it.for<readonly [string, Record<string, string | undefined>]>([
    ["does not render", { "broken/templates/config.yaml": '{{ fail "no" }}' }],
    ["renders what is no YAML", { "broken/templates/config.yaml": "kind: [\n" }],
    [
      "renders without end",
      { "broken/templates/config.yaml": '{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}' },
    ],
    [
      "is gone",
      {
        "broken/Chart.yaml": undefined,
        "broken/values.yaml": undefined,
        "broken/templates/config.yaml": undefined,
      },
    ],
  ])("T278 T272 deletes nothing when what also lost an object %s", async ([, files]) => {
    const before = deletes();
    await rig.push({ "broken/templates/other.yaml": undefined, ...files });
    await rig.until("it is told", () => rig.status("broken")?.problem);
    await rig.settled();
    expect(deletes()).toBe(before);
    expect([live(key("broken")), live(key("broken-other"))]).not.toContain(undefined);
    await rig.push({ ...chart("broken"), "broken/templates/other.yaml": configMap("broken-other") });
    await rig.arrives("broken");
  });

  it("T157 tells of an object that something holds back from going, and does not ask again and again", async () => {
    const before = deletes();
    await rig.push({ "held/held.yaml": undefined });
    const status = await rig.until("it is told", () => {
      const now = rig.status("held");
      return now?.waitsFor.startsWith("waits for the deletion") === true ? now : undefined;
    });
    expect(status.waitsFor).toBe(
      `waits for the deletion of ConfigMap ${NAMESPACE}/held, which \`example.com/hold\` holds back`,
    );
    expect(status).toMatchObject({ sync: "OutOfSync", operation: { phase: "Succeeded" } });
    await rig.settled();
    expect(deletes()).toBe(before + 1);
    rig.clusters.get("in-cluster").control.edit(key("held"), { metadata: { finalizers: null } });
    await rig.arrives("held");
    expect(live(key("held"))).toBeUndefined();
  });

  it("T285 takes over the objects of an Application that was renamed, and deletes none", async () => {
    const [before, wasUid] = [deletes(), uid(key("before"))];
    await rig.undefine("before.yaml");
    await rig.until("it is removed", () => rig.status("before")?.removal);
    await rig.define("after.yaml", applicationOf("after"));
    await rig.arrives("after");
    await rig.settled();
    expect({ deletes: deletes(), uid: uid(key("before")) }).toEqual({ deletes: before, uid: wasUid });
  });

  function applicationOf(name: string): string {
    return twoSources("", "")
      .replace("name: two", `name: ${name}`)
      .replace(
        / {2}sources:\n.*\n.*\n/,
        `  source: { repoURL: "${rig.github.cloneUrl(rig.shop)}", path: before, targetRevision: main }\n`,
      );
  }

  it("T275 syncs one set of commits when two repositories move at once, and says which", async () => {
    const values = await rig.github.createRepository({
      owner: "octo",
      name: "values",
      files: { "two.yaml": "value: one\n" },
    });
    await rig.define("two.yaml", twoSources(rig.github.cloneUrl(rig.shop), rig.github.cloneUrl(values)));
    await rig.arrives("two");
    const template =
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: two }\ndata: { value: "{{ .Values.value }} again" }\n';
    const [first, second] = await Promise.all([
      rig.push({ "two/templates/config.yaml": template }),
      rig.github.push(values, { by: "octo", branch: "main", files: { "two.yaml": "value: two\n" } }),
    ]);
    const status = await rig.until("both have arrived", () => {
      const now = rig.status("two");
      const isThere = now?.sync === "Synced" && now.operation?.phase === "Succeeded";
      return isThere && now.revisions[0] === first && now.revisions[1] === second ? now : undefined;
    });
    expect(live(key("two"))).toMatchObject({ data: { value: "two again" } });
    expect(status.operation?.request.revisions).toEqual([first, second]);
  });
});
