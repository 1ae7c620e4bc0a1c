import type { CheckReport, Repository } from "../../domain/github.ts";
import { OperationError } from "../../errors/operation-error.ts";
import type { CheckRuns, CheckRunWrites, FoundCheckRun, WrittenCheckRun } from "../../ports/check-runs.ts";
import type { GitHubClient } from "./client.ts";
import { hasNextPage, PER_PAGE, readPages } from "./pages.ts";
import { nameOf } from "./pull-requests.ts";
import { shownAtOf } from "./sending.ts";

/** The one check a branch may require. */
export const CHECK_NAME = "plumbline";

type Clients = Pick<GitHubClient, "asInstallation" | "appId">;

export function createCheckRuns(clients: Clients): CheckRuns {
  return {
    async find(repository, headSha) {
      const runs = await listOurs(clients, { repository, headSha, filter: "latest", name: CHECK_NAME });
      const found = newest(runs);
      if (found === undefined) return undefined;
      const { id, isCompleted, externalId } = found;
      return { id, isCompleted, externalId };
    },
    async listOthers(repository, headSha) {
      const runs = await listOurs(clients, { repository, headSha, filter: "latest" });
      return new Map(runs.filter(({ name }) => name !== CHECK_NAME).map(({ name, id }) => [name, id]));
    },
  };
}

/** Writes as the App. A creation whose outcome is unknown is looked for before it is tried again (T263). */
export function createCheckRunWrites(clients: Clients): CheckRunWrites {
  return {
    async create(repository, headSha, run) {
      const place = { repository, headSha };
      try {
        return await createOnce(clients, place, run);
      } catch (error) {
        if (!(error instanceof OperationError) || error.reason !== "GitHubUnavailable") throw error;
      }
      const name = run.name ?? CHECK_NAME;
      const runs = await listOurs(clients, { ...place, filter: "all", name });
      const written = newest(runs.filter(({ externalId }) => externalId === run.externalId));
      // What it shows may be half a day old by now: writing it again also tells when.
      if (written !== undefined) return this.update(repository, written.id, run);
      return createOnce(clients, place, run);
    },
    async update(repository, checkRunId, run) {
      const { checks } = clients.asInstallation(repository.installationId).rest;
      const wanted = { ...nameOf(repository), check_run_id: checkRunId, ...fieldsOf(run) };
      const response = await checks.update(wanted);
      return { id: response.data.id, shownAt: shownAtOf(response, response.data.started_at ?? "") };
    },
  };
}

interface Place {
  readonly repository: Repository;
  readonly headSha: string;
}

async function createOnce(
  clients: Clients,
  { repository, headSha }: Place,
  run: CheckReport & { readonly externalId: string; readonly name?: string },
): Promise<WrittenCheckRun> {
  const { checks } = clients.asInstallation(repository.installationId).rest;
  const response = await checks.create({
    ...nameOf(repository),
    name: run.name ?? CHECK_NAME,
    head_sha: headSha,
    external_id: run.externalId,
    ...fieldsOf(run),
  });
  return { id: response.data.id, shownAt: shownAtOf(response, response.data.started_at ?? "") };
}

function fieldsOf({ status, conclusion, title, summary, text }: CheckReport) {
  // GitHub takes an empty text for none, but stores it.
  const output = { title, summary, ...(text === "" ? {} : { text }) };
  return { status, output, ...(conclusion === undefined ? {} : { conclusion }) };
}

function listOurs(
  clients: Clients,
  {
    repository,
    headSha,
    filter,
    name,
  }: Place & { readonly filter: "latest" | "all"; readonly name?: string },
): Promise<readonly (FoundCheckRun & { readonly name: string })[]> {
  const { checks } = clients.asInstallation(repository.installationId).rest;
  return readPages("GET /repos/{owner}/{repo}/commits/{ref}/check-runs", async (page) => {
    const response = await checks.listForRef({
      ...nameOf(repository),
      ref: headSha,
      ...(name === undefined ? {} : { check_name: name }),
      app_id: clients.appId,
      filter,
      per_page: PER_PAGE,
      page,
    });
    const items = response.data.check_runs.map((run) => ({
      id: run.id,
      name: run.name,
      isCompleted: run.status === "completed",
      externalId: run.external_id ?? "",
    }));
    return { items, hasMore: hasNextPage(response) };
  });
}

function newest(runs: readonly FoundCheckRun[]): FoundCheckRun | undefined {
  return runs.reduce<FoundCheckRun | undefined>(
    (best, run) => (best === undefined || run.id > best.id ? run : best),
    undefined,
  );
}
