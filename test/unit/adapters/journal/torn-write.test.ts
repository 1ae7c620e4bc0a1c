import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openJournal } from "../../../../src/adapters/journal/journal.ts";
import type { ReconcileRequest } from "../../../../src/domain/reconcile-request.ts";
import { createFakeClock } from "../../../support/fake-clock.ts";
import { createRecordedLog } from "../../../support/silent-log.ts";

const DATABASE = "journal.sqlite";
const LOG = `${DATABASE}-wal`;
/** How much of the last write reached the disk, in parts of the whole. */
const REACHED = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1] as const;

const folders: string[] = [];
const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), "plumbline-torn-"));
  folders.push(path);
  return path;
};
let stateDir = "";
beforeEach(() => {
  stateDir = folder();
});
afterEach(() => {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true });
});

const openIn = (path: string) =>
  openJournal({ stateDir: path, clock: createFakeClock(), log: createRecordedLog() });
const pull = (number: number): ReconcileRequest => ({
  kind: "PullRequest",
  installationId: 1,
  repositoryId: 2,
  number,
});

describe("a write that was torn", () => {
  it.each(REACHED)("T236 leaves the old state or the new one, with %d of it on the disk", (reached) => {
    const journal = openIn(stateDir);
    journal.deliveries.append([pull(1)]);
    const before = readFileSync(join(stateDir, LOG)).length;
    journal.deliveries.append([pull(2), pull(3), pull(4)]);
    const torn = folder();
    copyFileSync(join(stateDir, DATABASE), join(torn, DATABASE));
    const log = readFileSync(join(stateDir, LOG));
    writeFileSync(join(torn, LOG), log.subarray(0, before + Math.floor((log.length - before) * reached)));
    journal.close();

    const after = openIn(torn);
    const pending = after.deliveries.pending().map(({ request }) => request);
    after.close();
    expect(pending).toEqual(reached === 1 ? [pull(1), pull(2), pull(3), pull(4)] : [pull(1)]);
  });
});
