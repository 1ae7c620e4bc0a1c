import type { DatabaseSync } from "node:sqlite";

import type { ShownPreview, ShownPreviews } from "../../ports/shown-previews.ts";
import { transaction } from "./database.ts";
import { bodyOf } from "./operations.ts";

/** Previews remembered for each pull request: commands older than these are stale anyway. */
const SHOWN_KEPT_MAX = 20;

/** {@link ShownPreviews} in SQLite. */
export function createShownPreviews(database: DatabaseSync): ShownPreviews {
  const insert = database.prepare(
    "INSERT INTO shown_previews (repository_id, number, shown_at, body) VALUES (?, ?, ?, ?)",
  );
  const list = database.prepare(
    "SELECT body FROM shown_previews WHERE repository_id = ? AND number = ? ORDER BY shown_at DESC, rowid DESC LIMIT ?",
  );
  const trim = database.prepare(
    `DELETE FROM shown_previews WHERE repository_id = ? AND number = ? AND rowid NOT IN
       (SELECT rowid FROM shown_previews WHERE repository_id = ? AND number = ? ORDER BY shown_at DESC, rowid DESC LIMIT ?)`,
  );
  const answer = database.prepare(
    "INSERT OR IGNORE INTO answered_comments (comment_id, answered_at) VALUES (?, ?)",
  );
  const answered = database.prepare("SELECT 1 FROM answered_comments WHERE comment_id = ?");
  const allow = database.prepare(
    "INSERT OR IGNORE INTO allowed_forks (repository_id, number, head_sha) VALUES (?, ?, ?)",
  );
  const allowed = database.prepare(
    "SELECT 1 FROM allowed_forks WHERE repository_id = ? AND number = ? AND head_sha = ?",
  );
  const confirm = database.prepare(
    "INSERT OR IGNORE INTO confirmed_changes (repository_id, number, digest) VALUES (?, ?, ?)",
  );
  const confirmed = database.prepare(
    "SELECT 1 FROM confirmed_changes WHERE repository_id = ? AND number = ? AND digest = ?",
  );
  return {
    record(shown) {
      const { repositoryId, number } = shown;
      transaction(database, () => {
        insert.run(repositoryId, number, shown.shownAt, JSON.stringify(shown));
        trim.run(repositoryId, number, repositoryId, number, SHOWN_KEPT_MAX);
      });
    },
    list: (repositoryId, number) => list.all(repositoryId, number, SHOWN_KEPT_MAX).map(bodyOf<ShownPreview>),
    answer: (commentId, answeredAt) => void answer.run(commentId, answeredAt),
    isAnswered: (commentId) => answered.get(commentId) !== undefined,
    allowFork: (repositoryId, number, headSha) => void allow.run(repositoryId, number, headSha),
    isForkAllowed: (repositoryId, number, headSha) =>
      allowed.get(repositoryId, number, headSha) !== undefined,
    confirmChange: (repositoryId, number, digest) => void confirm.run(repositoryId, number, digest),
    isChangeConfirmed: (repositoryId, number, digest) =>
      confirmed.get(repositoryId, number, digest) !== undefined,
  };
}
