import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, it } from "vitest";

import { openDatabase, transaction } from "../../../../src/adapters/journal/database.ts";
import { createFakeClock } from "../../../support/fake-clock.ts";
import { createRecordedLog } from "../../../support/silent-log.ts";

let stateDir: string;
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), "plumbline-database-"));
});
afterEach(() => rmSync(stateDir, { recursive: true, force: true }));

const open = () => openDatabase({ stateDir, clock: createFakeClock(), log: createRecordedLog() });
const count = (database: DatabaseSync) =>
  database.prepare("SELECT count(*) AS count FROM deliveries").get()?.["count"];

it("keeps nothing of what failed half way, and goes on afterwards", () => {
  const database = open();
  const insert = database.prepare("INSERT INTO deliveries (request) VALUES ('{}')");
  const half = () =>
    transaction(database, () => {
      insert.run();
      throw new Error("half way");
    });
  expect(half).toThrow("half way");
  expect(count(database)).toBe(0);
  transaction(database, () => insert.run());
  expect(count(database)).toBe(1);
  database.close();
});

it.for<[string, (folder: string) => void, string]>([
  ["a file", (folder) => writeFileSync(folder, ""), "it is a file"],
  [
    "a folder whose journal is a folder",
    (folder) => mkdirSync(join(folder, "journal.sqlite"), { recursive: true }),
    "its journal cannot be opened",
  ],
])("says what is wrong with %s", ([, prepare, problem]) => {
  const folder = join(stateDir, "state");
  prepare(folder);
  const openThere = () =>
    openDatabase({ stateDir: folder, clock: createFakeClock(), log: createRecordedLog() });
  expect(openThere).toThrow(
    expect.objectContaining({
      reason: "StateFolderUnusable",
      title: `State folder \`${folder}\` cannot be used: ${problem}`,
    }),
  );
});

it("says what failed, though the transaction is over already", () => {
  const database = open();
  const over = () =>
    transaction(database, () => {
      database.exec("ROLLBACK");
      throw new Error("the disk is full");
    });
  expect(over).toThrow("the disk is full");
  database.close();
});

it("leaves a folder of a later version as it is", () => {
  open().close();
  const later = new DatabaseSync(join(stateDir, "journal.sqlite"));
  later.exec("INSERT INTO deliveries (request) VALUES ('{}'); PRAGMA user_version = 999;");
  later.close();
  expect(open).toThrow(expect.objectContaining({ reason: "StateFolderTooNew" }));
  const again = new DatabaseSync(join(stateDir, "journal.sqlite"));
  expect(count(again)).toBe(1);
  expect(again.prepare("PRAGMA user_version").get()?.["user_version"]).toBe(999);
  again.close();
});
