import type { CheckReport, Repository } from "../domain/github.ts";
import type { CheckRuns, CheckRunWrites } from "../ports/check-runs.ts";
import type { Digest } from "../ports/digest.ts";
import { type OwnCheckReport, reportOwnCheckOver } from "../report/own-checks.ts";
import type { Based, Shown } from "./published.ts";
import { createRecentMap } from "./recent-map.ts";
import { apartFromBase } from "./sticky-comment.ts";

/** The check run `plumbline` of each commit; what would say nothing new is not sent. */
export interface CheckPublisher {
  check(repository: Repository, headSha: string, report: CheckReport & Based): Promise<Shown>;
  /** Checks of single Applications. One that the commit has already and that is not told now is said to be over. */
  ownChecks(repository: Repository, headSha: string, told: OwnChecks): Promise<void>;
}

export interface OwnChecks extends Based {
  readonly reports: readonly OwnCheckReport[];
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

export function createCheckPublisher(ports: CheckPorts): CheckPublisher {
  const { checkRuns, checkRunWrites, exit, digest } = ports;
  /** By commit. */
  const checks = createRecentMap<string, KnownCheck>(COMMITS_MAX);
  const find = async (repository: Repository, headSha: string): Promise<KnownCheck | undefined> => {
    const found = await checkRuns.find(repository, headSha);
    return found === undefined ? undefined : { ...found, hash: undefined };
  };
  return {
    ownChecks: createOwnChecks(ports),
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

/** Commits whose checks are remembered; of others they are found again. */
const COMMITS_MAX = 10_000;

type KnownOwnChecks = Map<string, { readonly id: number; readonly hash: string | undefined }>;

function createOwnChecks({
  checkRuns,
  checkRunWrites,
  exit,
  digest,
}: CheckPorts): CheckPublisher["ownChecks"] {
  /** By commit and name. */
  const commits = createRecentMap<string, KnownOwnChecks>(COMMITS_MAX);
  const knownOf = async (repository: Repository, headSha: string): Promise<KnownOwnChecks> => {
    const key = `${repository.id}/${headSha}`;
    const known = commits.get(key);
    if (known !== undefined) return known;
    const found = [...(await checkRuns.listOthers(repository, headSha))];
    const fresh: KnownOwnChecks = new Map(found.map(([name, id]) => [name, { id, hash: undefined }]));
    commits.set(key, fresh);
    return fresh;
  };
  return async (repository, headSha, { reports, baseSha }) => {
    const known = await knownOf(repository, headSha);
    const told = new Set(reports.map(({ name }) => name));
    const over = [...known.keys()].filter((name) => !told.has(name)).map(reportOwnCheckOver);
    for (const report of [...reports, ...over]) {
      const { name, title, summary, text } = report;
      const clean = { ...report, title: exit(title), summary: exit(summary), text: exit(text) };
      const hash = digest(apartFromBase(JSON.stringify(clean), baseSha));
      const before = known.get(name);
      if (before?.hash === hash) continue;
      const { id } =
        before === undefined
          ? await checkRunWrites.create(repository, headSha, { ...clean, externalId: `plumbline:${headSha}` })
          : await checkRunWrites.update(repository, before.id, clean);
      known.set(name, { id, hash });
    }
  };
}
