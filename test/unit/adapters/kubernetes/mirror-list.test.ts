import { describe, expect, it } from "vitest";

import { createKindMirror, type KindMirror, keyOf } from "../../../../src/adapters/kubernetes/kind-mirror.ts";
import { createLiveStore } from "../../../../src/adapters/kubernetes/live-store.ts";
import { listIntoMirror } from "../../../../src/adapters/kubernetes/mirror-list.ts";
import type { JsonObject } from "../../../../src/domain/json.ts";
import { createFakeApiServer } from "./fake-api-server.ts";

const resource = {
  group: "",
  version: "v1",
  kind: "ConfigMap",
  resource: "configmaps",
  namespaced: true,
  verbs: [],
  preferred: true,
};

/** `a@5` → a ConfigMap of that name and version; `a@5#2` has the second UID. */
function object(text: string): JsonObject {
  const [name = "", rest = ""] = text.split("@");
  const [resourceVersion = "", uid = "1"] = rest.split("#");
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "n", resourceVersion, uid } };
}

function shown(mirror: KindMirror, names: string): string {
  return names
    .split(" ")
    .flatMap((name) => {
      const stored = mirror.stored(keyOf(object(`${name}@0`)));
      return stored === undefined ? [] : [`${name}@${stored.resourceVersion}`];
    })
    .join(" ");
}

function mirrorOf(texts: string): KindMirror {
  const mirror = createKindMirror(createLiveStore(() => undefined));
  for (const text of texts.split(" ").filter((each) => each !== "")) mirror.force(object(text));
  return mirror;
}

const page = (texts: string, version: string, next = ""): JsonObject => ({
  apiVersion: "v1",
  kind: "ConfigMapList",
  metadata: { resourceVersion: version, continue: next },
  items: texts.split(" ").flatMap((text) => (text === "" ? [] : [object(text)])),
});

const clock = { sleep: () => Promise.resolve() };

describe("a watch event", () => {
  it.for([
    { before: "a@5", event: "take a@6", after: "a@6" },
    { before: "a@5", event: "take a@4", after: "a@5" },
    { before: "a@5", event: "remove a@7", after: "" },
    { before: "a@8#2", event: "remove a@7", after: "a@8" },
    { before: "", event: "remove a@7", after: "" },
    { before: "a@9", event: "force a@2", after: "a@2" },
  ])("$event on '$before' leaves '$after'", ({ before, event, after }) => {
    const mirror = mirrorOf(before);
    const [verb = "take", text = ""] = event.split(" ");
    mirror[verb as "take" | "remove" | "force"](object(text));
    expect(shown(mirror, "a")).toBe(after);
  });
});

describe("a list", () => {
  const listed = async (
    before: string,
    pages: Readonly<Record<string, JsonObject | number>>,
    latest = "",
  ) => {
    const mirror = mirrorOf(before);
    const api = createFakeApiServer((path) => {
      const { pathname, searchParams } = new URL(path, "http://x");
      return pathname === "/api/v1/configmaps" ? pages[searchParams.get("continue") ?? ""] : undefined;
    });
    const result = listIntoMirror({ api, clock, resource, namespace: "" }, mirror, latest);
    const outcome = await result.then(
      ({ version, wentBack }) => `${version}${wentBack ? " back" : ""}`,
      (error: Error) => error.name,
    );
    return `${outcome}: ${shown(mirror, "a b c d")}`;
  };

  it.for([
    {
      what: "drops what is gone",
      before: "a@1 b@2",
      pages: { "": page("b@2 c@4", "9") },
      after: "9: b@2 c@4",
    },
    {
      what: "keeps what came after it",
      before: "a@12 b@2",
      pages: { "": page("b@2", "9") },
      after: "9: a@12 b@2",
    },
    {
      what: "keeps what is later than in it",
      before: "a@12",
      pages: { "": page("a@3", "9") },
      after: "9: a@12",
    },
    {
      what: "goes over all its pages",
      before: "d@1",
      pages: { "": page("a@1", "9", "two"), two: page("b@2", "9") },
      after: "9: a@1 b@2",
    },
    {
      what: "T256 drops nothing when its second page has expired",
      before: "d@1",
      pages: { "": page("a@1", "9", "two"), two: 410 },
      after: "ListExpired: a@1 d@1",
    },
    { what: "drops nothing when it fails", before: "a@1", pages: { "": 503 }, after: "OperationError: a@1" },
    { what: "tells that its kind is gone", before: "a@1", pages: { "": 404 }, after: "KindGone: a@1" },
    {
      what: "is believed as a whole when the cluster went back in time",
      before: "a@50 b@40",
      pages: { "": page("a@3", "9") },
      latest: "60",
      after: "9 back: a@3",
    },
    {
      what: "is no list without a version",
      before: "a@1",
      pages: { "": page("", "") },
      after: "OperationError: a@1",
    },
  ])("$what", async ({ before, pages, after, latest }) => {
    expect(await listed(before, pages, latest)).toBe(after);
  });
});

describe("a list that lost most of its objects", () => {
  const before = Array.from({ length: 10 }, (_, index) => `o${index}@1`).join(" ");
  const listNothing = (get: (path: string) => JsonObject | undefined) => {
    const mirror = mirrorOf(before);
    const api = createFakeApiServer((path) =>
      path.startsWith("/api/v1/configmaps") ? page("", "9") : get(path),
    );
    return { mirror, result: listIntoMirror({ api, clock, resource, namespace: "" }, mirror, "") };
  };

  it("is believed when they are not found by name either", async () => {
    const { mirror, result } = listNothing(() => undefined);
    await result;
    expect(mirror.size).toBe(0);
  });

  it("is believed when others have their names", async () => {
    const { mirror, result } = listNothing(() => object("o1@8#2"));
    await result;
    expect(mirror.size).toBe(0);
  });

  it("is refuted by one that is found", async () => {
    const { mirror, result } = listNothing((path) => (path.endsWith("/o0") ? object("o0@1") : undefined));
    await expect(result).rejects.toThrow("ClusterAnswerUnusable");
    expect(mirror.size).toBe(10);
  });
});
