import { describe, expect, it } from "vitest";

import type { Application } from "../../../src/domain/application.ts";
import type { FinalizedApplication } from "../../../src/domain/resources-finalizer.ts";
import type { FinalizedApplications } from "../../../src/ports/finalized-applications.ts";
import { createFinalizers, type Finalizers } from "../../../src/reconciler/finalizers.ts";
import type { RegisteredApplication } from "../../../src/reconciler/registry.ts";
import { application } from "../../support/applications.ts";
import { targets } from "../../support/manifests.ts";

const FINALIZER = ["resources-finalizer.argocd.argoproj.io"];
const ID = "argocd/shop";

function registered(changes: Partial<Application> = {}, repositoryId?: number): RegisteredApplication {
  const defined = application({ finalizers: FINALIZER, ...changes });
  return { id: ID, application: defined, repositoryId, file: "shop.yaml", problems: [], isStale: false };
}

function rendered(text: string): Parameters<Finalizers["note"]>[1] {
  return {
    state: { manifests: targets(text), revisions: ["sha1"], digest: "", warnings: [], isDeterministic: true },
  };
}

/** What a journal keeps, and how often it was written. */
function store() {
  const kept = new Map<string, FinalizedApplication>();
  const written: string[] = [];
  const stored: FinalizedApplications = {
    load: () => [...kept.values()],
    save(one) {
      kept.set(ID, structuredClone(one));
      written.push("save");
    },
    forget(id) {
      kept.delete(id);
      written.push("forget");
    },
  };
  return { stored, written, open: (name = "directory:/cp") => createFinalizers(stored, name) };
}

describe("finalizers", () => {
  it("remembers an Application that has one, across a restart, and writes it once", () => {
    const { open, written } = store();
    open().note(registered(), rendered("ConfigMap/a"));
    const again = open();
    again.note(registered(), rendered("ConfigMap/b"));
    expect(again.get(ID)).toMatchObject({ file: "shop.yaml", hookRevisions: [] });
    expect(written).toEqual(["save"]);
  });

  it("forgets it once the finalizer is gone from the definition", () => {
    const { open } = store();
    const finalizers = open();
    finalizers.note(registered(), rendered(""));
    finalizers.note(registered({ finalizers: [] }), rendered(""));
    expect([finalizers.list(), open().list()]).toEqual([[], []]);
  });

  it("knows where the hooks of its deletion are to be found", () => {
    const finalizers = store().open();
    finalizers.note(registered(), rendered("Job/last{hook:PostDelete}"));
    expect(finalizers.get(ID)?.hookRevisions).toEqual(["sha1"]);
  });

  it("counts from the first time that the definition was missed, until it is there again", () => {
    const { open } = store();
    const finalizers = open();
    finalizers.note(registered(), rendered(""));
    expect([finalizers.miss(ID, 5), finalizers.miss(ID, 9), open().miss(ID, 12)]).toEqual([5, 5, 5]);
    finalizers.found(ID);
    expect(open().miss(ID, 20)).toBe(20);
  });

  it("forgets what another control plane defined, but not what a repository did", () => {
    const { open } = store();
    open().note(registered(), rendered(""));
    expect(open("directory:/elsewhere").list()).toEqual([]);
    expect(open().list()).toEqual([]);
    open().note(registered({}, 7), rendered(""));
    expect(open("directory:/elsewhere").list()).toHaveLength(1);
  });
});
