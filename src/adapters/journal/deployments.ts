import type { DatabaseSync } from "node:sqlite";

import type { Deployment, Deployments } from "../../ports/deployments.ts";
import { bodyOf } from "./operations.ts";

/** {@link Deployments} in SQLite. */
export function createDeployments(database: DatabaseSync): Deployments {
  const save = database.prepare(
    `INSERT INTO deployments (repository_id, sha, body) VALUES (?, ?, ?)
       ON CONFLICT (repository_id, sha) DO UPDATE SET body = excluded.body`,
  );
  const forget = database.prepare("DELETE FROM deployments WHERE json_extract(body, '$.startedAt') < ?");
  const all = database.prepare("SELECT body FROM deployments ORDER BY rowid");
  return {
    load: () => all.all().map(bodyOf<Deployment>),
    save: (deployment) => void save.run(deployment.repositoryId, deployment.sha, JSON.stringify(deployment)),
    forgetBefore: (startedAt) => void forget.run(startedAt),
  };
}
