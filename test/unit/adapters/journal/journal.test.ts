import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { openJournal } from "../../../../src/adapters/journal/journal.ts";
import type { Operation } from "../../../../src/domain/operation.ts";
import type { ReconcileRequest } from "../../../../src/domain/reconcile-request.ts";
import type { ShownPreview } from "../../../../src/ports/shown-previews.ts";
import { application } from "../../../support/applications.ts";
import { createFakeClock } from "../../../support/fake-clock.ts";
import { operation } from "../../../support/operations.ts";
import { createRecordedLog } from "../../../support/silent-log.ts";

let stateDir = "";
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), "plumbline-journal-"));
});
afterEach(() => rmSync(stateDir, { recursive: true, force: true }));

const open = () => openJournal({ stateDir, clock: createFakeClock(), log: createRecordedLog() });

/** Writes, closes as a killed process would leave it, and reads with the next process. */
function afterRestart<T>(
  write: (journal: ReturnType<typeof open>) => void,
  read: (journal: ReturnType<typeof open>) => T,
): T {
  const first = open();
  write(first);
  first.close();
  const second = open();
  try {
    return read(second);
  } finally {
    second.close();
  }
}

const pull = (number: number): ReconcileRequest => ({
  kind: "PullRequest",
  installationId: 1,
  repositoryId: 2,
  number,
});

const operationOf = (id: string, phase: Operation["phase"] = "Running", startedAt = 1): Operation =>
  operation({ id, phase, startedAt });

const shown = (headSha: string, shownAt: number): ShownPreview => ({
  repositoryId: 2,
  number: 7,
  headSha,
  shownAt,
  commentId: 1,
  checkRunId: 2,
  applications: {},
});

describe("the journal", () => {
  it("keeps deliveries until they are worked off, in order", () => {
    const pending = afterRestart(
      ({ deliveries }) => {
        const [first] = deliveries.append([pull(1), pull(2), pull(3)]);
        deliveries.complete([first ?? 0]);
      },
      ({ deliveries }) => deliveries.pending(),
    );
    expect(pending.map(({ request }) => request)).toEqual([pull(2), pull(3)]);
  });

  it("T232 finds the operation that was running when the process died", () => {
    const running = afterRestart(
      ({ operations }) => {
        operations.start(operationOf("one"));
        operations.save({ ...operationOf("one"), message: "wave 2" });
      },
      ({ operations }) => operations.running(),
    );
    expect(running).toEqual([{ ...operationOf("one"), message: "wave 2" }]);
  });

  it("T019 starts an operation with a known id once", () => {
    const answers = afterRestart(
      ({ operations }) => {
        operations.start(operationOf("comment-5"));
        operations.save(operationOf("comment-5", "Succeeded"));
      },
      ({ operations }) => [operations.start(operationOf("comment-5")), operations.running().length],
    );
    expect(answers).toEqual(["known", 0]);
  });

  it("never has two running operations of one Application", () => {
    const journal = open();
    journal.operations.start(operationOf("one"));
    expect(() => journal.operations.start(operationOf("two"))).toThrow(RangeError);
    journal.close();
  });

  it("takes no operation for running whose intent was never written", () => {
    const journal = open();
    journal.operations.save(operationOf("never started"));
    expect(journal.operations.running()).toEqual([]);
    journal.close();
  });

  it("lists an Application's history, newest first, and keeps fifty", () => {
    const journal = open();
    for (let index = 0; index < 60; index += 1) {
      journal.operations.start(operationOf(`${index}`, "Running", index));
      journal.operations.save(operationOf(`${index}`, "Succeeded", index));
    }
    const ids = journal.operations.history("argocd/shop", 100).map(({ id }) => id);
    journal.close();
    expect([ids.length, ids[0], ids.at(-1)]).toEqual([50, "59", "10"]);
  });

  it("remembers what was shown on a pull request, newest first, and no other's", () => {
    const list = afterRestart(
      ({ shownPreviews }) => {
        shownPreviews.record(shown("old", 1));
        shownPreviews.record(shown("new", 2));
        shownPreviews.record({ ...shown("else", 3), number: 8 });
      },
      ({ shownPreviews }) => shownPreviews.list(2, 7),
    );
    expect(list.map(({ headSha }) => headSha)).toEqual(["new", "old"]);
  });

  it("remembers which comments were answered", () => {
    const answers = afterRestart(
      ({ shownPreviews }) => void shownPreviews.answer(5, 1),
      ({ shownPreviews }) => [shownPreviews.isAnswered(5), shownPreviews.isAnswered(6)],
    );
    expect(answers).toEqual([true, false]);
  });

  it("allows exactly one commit of a fork", () => {
    const allowed = afterRestart(
      ({ shownPreviews }) => shownPreviews.allowFork(2, 7, "seen"),
      ({ shownPreviews }) => ["seen", "pushed-later"].map((sha) => shownPreviews.isForkAllowed(2, 7, sha)),
    );
    expect(allowed).toEqual([true, false]);
  });

  it("remembers which changes of many Applications were let pass", () => {
    const confirmed = afterRestart(
      ({ shownPreviews }) => shownPreviews.confirmChange(1, 7, "abc"),
      ({ shownPreviews }) => [
        shownPreviews.isChangeConfirmed(1, 7, "abc"),
        shownPreviews.isChangeConfirmed(1, 7, "abd"),
        shownPreviews.isChangeConfirmed(1, 8, "abc"),
      ],
    );
    expect(confirmed).toEqual([true, false, false]);
  });

  it("goes on with a file of the first version", () => {
    const first = open();
    first.shownPreviews.allowFork(1, 7, "abc");
    first.close();
    const database = new DatabaseSync(join(stateDir, "journal.sqlite"));
    database.exec(
      "DROP TABLE confirmed_changes; DROP TABLE finalized_applications; PRAGMA user_version = 1;",
    );
    database.close();
    const { shownPreviews, close } = open();
    shownPreviews.confirmChange(1, 7, "abc");
    expect(shownPreviews.isForkAllowed(1, 7, "abc")).toBe(true);
    expect(shownPreviews.isChangeConfirmed(1, 7, "abc")).toBe(true);
    close();
  });

  it("keeps Applications whose objects go with them, the newest of each, until they are forgotten", () => {
    const shop = {
      application: application(),
      controlPlane: "directory:/cp",
      file: "shop.yaml",
      hookRevisions: ["abc"],
    };
    const other = { ...shop, application: application({ name: "other" }), repositoryId: 1, missedSince: 5 };
    const known = afterRestart(
      ({ finalizedApplications }) => {
        finalizedApplications.save({ ...shop, file: "before.yaml" });
        finalizedApplications.save(shop);
        finalizedApplications.save(other);
        finalizedApplications.save({ ...shop, application: application({ name: "gone" }) });
        finalizedApplications.forget("argocd/gone");
      },
      ({ finalizedApplications }) => finalizedApplications.load(),
    );
    expect(known).toEqual([other, shop]);
  });

  it("keeps one secret for all seeds", () => {
    let first = "";
    const second = afterRestart(
      (journal) => {
        first = journal.seedSecret;
      },
      (journal) => journal.seedSecret,
    );
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(second).toBe(first);
  });

  it("is held by one process", () => {
    const journal = open();
    expect(open).toThrow(expect.objectContaining({ reason: "StateFolderInUse" }));
    journal.close();
  });

  it("T241 begins anew where the file is damaged, and keeps the damaged one aside", () => {
    writeFileSync(
      join(stateDir, "journal.sqlite"),
      "this is no database, and longer than its header would be ".repeat(40),
    );
    const journal = open();
    expect(journal.deliveries.pending()).toEqual([]);
    journal.close();
    expect(readdirSync(stateDir).some((name) => name.includes(".damaged-"))).toBe(true);
  });
});
