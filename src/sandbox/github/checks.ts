import { apiError, validationError } from "./api-error.ts";
import type { Account, CheckRunState, CheckSuiteState, RepositoryState, StatusState } from "./model.ts";
import { presentApp } from "./present.ts";
import { presentCheckRun, presentCheckSuite, statusEventFields } from "./present-checks.ts";
import type { World } from "./world.ts";

/** @see https://docs.github.com/rest/commits/statuses: "a limit of 1000 statuses per sha and context". */
export const STATUSES_PER_CONTEXT_MAX = 1_000;
/** Runs of one name in one suite: older ones are deleted. */
const CHECK_RUNS_PER_NAME_MAX = 1_000;
const CHECK_TITLE_CHARS_MAX = 255;
const STATUS_DESCRIPTION_CHARS_MAX = 140;
const STATUS_CONTEXT_CHARS_MAX = 255;

/** The fields of a request that makes or changes a run; its shape was checked against the description. */
export interface CheckRunFields {
  readonly name?: string;
  readonly head_sha?: string;
  readonly external_id?: string;
  readonly details_url?: string;
  readonly status?: "queued" | "in_progress" | "completed";
  readonly conclusion?: string;
  readonly output?: { readonly title?: string; readonly summary?: string; readonly text?: string };
}

/** @throws ApiError 422 */
export function createCheckRun(
  world: World,
  repository: RepositoryState,
  fields: CheckRunFields,
): CheckRunState {
  const at = world.now();
  const headSha = fields.head_sha ?? "";
  const name = fields.name ?? "";
  const suite = suiteFor(world, repository, headSha);
  const run: CheckRunState = {
    id: world.newId(),
    suite,
    headSha,
    name,
    externalId: fields.external_id ?? "",
    detailsUrl: fields.details_url ?? "",
    status: "queued",
    conclusion: undefined,
    startedAt: at,
    completedAt: undefined,
    output: { title: undefined, summary: undefined, text: undefined },
  };
  change(world, run, fields);
  repository.checkRuns.set(run.id, run);
  const namesakes = [...repository.checkRuns.values()].filter(
    (other) => other.suite === suite && other.name === name,
  );
  for (const old of namesakes.slice(0, -CHECK_RUNS_PER_NAME_MAX)) repository.checkRuns.delete(old.id);
  tellRun(world, repository, {
    run,
    action: run.status === "completed" ? "completed" : "created",
    sender: world.app.bot,
  });
  return run;
}

/** @throws ApiError 404, 422 */
export function updateCheckRun(
  world: World,
  place: { readonly repository: RepositoryState; readonly runId: number },
  fields: CheckRunFields,
): CheckRunState {
  const run = findCheckRun(place.repository, place.runId);
  const wasCompleted = run.status === "completed";
  change(world, run, fields);
  run.suite.updatedAt = world.now();
  if (!wasCompleted && run.status === "completed") {
    tellRun(world, place.repository, { run, action: "completed", sender: world.app.bot });
  }
  return run;
}

function change(world: World, run: CheckRunState, fields: CheckRunFields): void {
  const status = checkChange(run, fields);
  run.status = status ?? run.status;
  run.conclusion = fields.conclusion ?? run.conclusion;
  run.externalId = fields.external_id ?? run.externalId;
  run.detailsUrl = fields.details_url ?? run.detailsUrl;
  run.output = { ...run.output, ...fields.output };
  if (run.status === "completed") run.completedAt ??= world.now();
}

function checkChange(run: CheckRunState, fields: CheckRunFields): CheckRunFields["status"] {
  const status = fields.conclusion === undefined ? fields.status : "completed";
  if (status === "completed" && fields.conclusion === undefined && run.conclusion === undefined) {
    throw validationError("CheckRun", "conclusion", "is required when status is completed");
  }
  if (run.status === "completed" && status !== undefined && status !== "completed") {
    throw validationError("CheckRun", "status", "a completed check run cannot be opened again");
  }
  if ((fields.output?.title?.length ?? 0) > CHECK_TITLE_CHARS_MAX) {
    throw validationError(
      "CheckRun",
      "title",
      `is too long (maximum is ${CHECK_TITLE_CHARS_MAX} characters)`,
    );
  }
  return status;
}

/** @throws ApiError 404 */
export function findCheckRun(repository: RepositoryState, runId: number): CheckRunState {
  const run = repository.checkRuns.get(runId);
  if (run === undefined) throw apiError(404, "Not Found");
  return run;
}

/** Newest first; `latest` keeps one a name. */
export function listCheckRuns(
  repository: RepositoryState,
  headSha: string,
  filter: "latest" | "all",
): CheckRunState[] {
  const runs = [...repository.checkRuns.values()]
    .filter((run) => run.headSha === headSha)
    .sort((a, b) => b.id - a.id);
  if (filter === "all") return runs;
  const newest = new Map<string, CheckRunState>();
  for (const run of runs) if (!newest.has(run.name)) newest.set(run.name, run);
  return [...newest.values()];
}

/** Somebody presses "Re-run": only the App that made the run is told. */
export function rerequestCheckRun(
  world: World,
  { repository, run }: { readonly repository: RepositoryState; readonly run: CheckRunState },
  sender: Account,
): void {
  tellRun(world, repository, { run, action: "rerequested", sender });
}

/** Somebody presses "Re-run all checks". */
export function rerequestCheckSuite(
  world: World,
  { repository, headSha }: { readonly repository: RepositoryState; readonly headSha: string },
  sender: Account,
): void {
  const suite = suiteFor(world, repository, headSha);
  const commit = {
    id: headSha,
    tree_id: headSha,
    message: "",
    timestamp: new Date(suite.createdAt).toISOString(),
  };
  const person = { email: "noreply@github.com", name: sender.login };
  world.emit({
    event: "check_suite",
    action: "rerequested",
    repository,
    sender,
    fields: {
      check_suite: {
        ...presentCheckSuite(world, repository, suite),
        // The description's list of events for this one payload is older than `merge_group`.
        app: { ...presentApp(world), events: [] },
        head_commit: { ...commit, author: person, committer: person },
      },
    },
  });
}

function suiteFor(world: World, repository: RepositoryState, headSha: string): CheckSuiteState {
  const existing = repository.checkSuites.get(headSha);
  if (existing !== undefined) return existing;
  const at = world.now();
  const suite = { id: world.newId(), headSha, createdAt: at, updatedAt: at };
  repository.checkSuites.set(headSha, suite);
  return suite;
}

function tellRun(
  world: World,
  repository: RepositoryState,
  { run, action, sender }: { readonly run: CheckRunState; readonly action: string; readonly sender: Account },
): void {
  const presented = presentCheckRun(world, repository, run);
  const suite = presentCheckSuite(world, repository, run.suite);
  const fields = { check_run: { ...presented, check_suite: suite } };
  world.emit({ event: "check_run", action, repository, sender, fields });
}

/** @throws ApiError 422 */
export function addStatus(
  world: World,
  repository: RepositoryState,
  fields: Omit<StatusState, "id" | "createdAt">,
): StatusState {
  const sameContext = repository.statuses.filter(
    ({ sha, context }) => sha === fields.sha && context === fields.context,
  );
  if (sameContext.length >= STATUSES_PER_CONTEXT_MAX) {
    throw validationError(
      "Status",
      "base",
      "This SHA and context has reached the maximum number of statuses.",
    );
  }
  if (fields.description.length > STATUS_DESCRIPTION_CHARS_MAX) {
    throw validationError("Status", "description", "is too long (maximum is 140 characters)");
  }
  if (fields.context.length > STATUS_CONTEXT_CHARS_MAX) {
    throw validationError("Status", "context", "is too long (maximum is 255 characters)");
  }
  const status = { ...fields, id: world.newId(), createdAt: world.now() };
  repository.statuses.push(status);
  const sender = fields.creator;
  world.emit({ event: "status", repository, sender, fields: statusEventFields(world, repository, status) });
  return status;
}
