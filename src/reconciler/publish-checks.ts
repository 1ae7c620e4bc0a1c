import type { CheckReport, Repository } from "../domain/github.ts";
import type { CheckRuns, CheckRunWrites } from "../ports/check-runs.ts";
import type { Digest } from "../ports/digest.ts";
import type { Based, Shown } from "./published.ts";
import { apartFromBase } from "./sticky-comment.ts";

/** The check run `plumbline` of each commit; what would say nothing new is not sent. */
export interface CheckPublisher {
  check(repository: Repository, headSha: string, report: CheckReport & Based): Promise<Shown>;
}

interface CheckPorts {
  readonly checkRuns: CheckRuns;
  readonly checkRunWrites: CheckRunWrites;
  readonly exit: (text: string) => string;
  readonly digest: Digest;
}

interface KnownCheck {
  readonly id: number;
  readonly isCompleted: boolean;
  /** `undefined` for a run of an earlier process. */
  readonly hash: string | undefined;
}

export function createCheckPublisher({
  checkRuns,
  checkRunWrites,
  exit,
  digest,
}: CheckPorts): CheckPublisher {
  /** By commit. */
  const checks = new Map<string, KnownCheck>();
  const find = async (repository: Repository, headSha: string): Promise<KnownCheck | undefined> => {
    const found = await checkRuns.find(repository, headSha);
    return found === undefined ? undefined : { ...found, hash: undefined };
  };
  return {
    async check(repository, headSha, report) {
      const clean = {
        ...report,
        title: exit(report.title),
        summary: exit(report.summary),
        text: exit(report.text),
      };
      const key = `${repository.id}/${headSha}`;
      const hash = digest(apartFromBase(JSON.stringify({ ...clean, baseSha: "" }), report.baseSha));
      const known = checks.get(key) ?? (await find(repository, headSha));
      if (known?.hash === hash) return { shownAt: undefined, id: known.id };
      // A completed run cannot go back to being in progress: looking again is a new run.
      const isReusable = known !== undefined && (!known.isCompleted || report.status === "completed");
      const written = isReusable
        ? await checkRunWrites.update(repository, known.id, clean)
        : await checkRunWrites.create(repository, headSha, { ...clean, externalId: `plumbline:${headSha}` });
      checks.set(key, { id: written.id, isCompleted: report.status === "completed", hash });
      return written;
    },
  };
}
