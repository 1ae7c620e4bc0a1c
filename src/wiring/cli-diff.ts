import type { DiffAnswer, DiffDependencies, DiffQuestion } from "../cli/diff.ts";
import type { RepositoryOptions } from "../cli/repository-options.ts";
import type { ApplicationDefinition, ConfigProblem, ControlPlaneSnapshot } from "../domain/control-plane.ts";
import type { Preview } from "../domain/preview.ts";
import { OperationError } from "../errors/operation-error.ts";
import { createMergeFor, findChange, type MergeFor } from "../reconciler/find-change.ts";
import { governPreview } from "../reconciler/govern-preview.ts";
import { previewChange } from "../reconciler/preview-change.ts";
import { problemOf } from "../reconciler/problems.ts";
import { readRepositorySettings } from "../reconciler/repository-definitions.ts";
import { createReports } from "../report/reports.ts";
import { definitionErrors, lineOf, readDefinitionFiles, withUnjudgedProjects } from "./cli-definitions.ts";
import { openDiffPorts } from "./cli-diff-ports.ts";
import type { CliOptions } from "./cli-options.ts";
import { type ComparedCommits, createProposal, urlsOf } from "./cli-proposal.ts";
import { findRepositoryDefinitions } from "./cli-repository-definitions.ts";
import { findNamedCommit } from "./cli-revision.ts";
import { unreadStandIns } from "./cli-stand-ins.ts";
import { type CliWorld, standInUrl, withCliWorld } from "./cli-world.ts";
import { readReportTemplates } from "./report-templates.ts";

/** What `plumbline diff` needs, on real Git and real engines, and with `--live` the kubeconfig's current cluster. */
export function createDiffDependencies(options: CliOptions): DiffDependencies {
  return {
    async diff(question) {
      const given =
        question.files.length === 0 ? undefined : await readDefinitionFiles(question.files, options);
      if (given?.applications.length === 0) {
        mustHaveNoErrors(given);
        throw OperationError.of("ApplicationMissing", { where: question.files.join(", "), names: [] });
      }
      const { url, repositories } = folderOf(question.repositories, options);
      const snapshot = given ?? { repositories: [], repositoryTemplates: [] };
      return withCliWorld(options, { repositories, snapshot }, async (world) => {
        const compared = await findCommits(url, question, world);
        return answer(await preview({ question, options, world, compared, given }), world);
      });
    },
  };
}

interface Diff {
  readonly question: DiffQuestion;
  readonly options: CliOptions;
  readonly world: CliWorld;
  readonly compared: ComparedCommits;
  /** What `-f` named. */
  readonly given: ControlPlaneSnapshot | undefined;
}

interface Previewed {
  readonly preview: Preview;
  readonly warnings: readonly string[];
  /** Whether a definition cannot be read that somebody meant to be read. */
  readonly isBroken: boolean;
}

/** The folder that is compared: the one for every repository, else the first for a URL, else where we are. */
function folderOf(
  given: RepositoryOptions,
  { workingDirectory }: CliOptions,
): { readonly url: string; readonly repositories: RepositoryOptions } {
  const [first] = given.byUrl;
  if (given.directory === "" && first !== undefined) return { url: first.url, repositories: given };
  const directory = given.directory === "" ? "." : given.directory;
  return { url: standInUrl(directory, workingDirectory), repositories: { ...given, directory } };
}

async function findCommits(
  url: string,
  { base, head }: DiffQuestion,
  { repositories }: CliWorld,
): Promise<ComparedCommits> {
  const repository = await repositories.open({ url, project: "" });
  const refs = await repository.listRefs();
  const find = (revision: string) => findNamedCommit(repository, refs, revision);
  return { url, repository, refs, baseName: base, base: await find(base), head: await find(head) };
}

async function preview(diff: Diff): Promise<Previewed> {
  const { compared, world } = diff;
  const openMerge = createMergeFor(
    createProposal(compared, () => true),
    world.revisions,
  );
  try {
    // A conflict is told whether or not an Application is affected.
    await openMerge("");
    return await previewMerged(diff, openMerge);
  } catch (error) {
    if (!(error instanceof OperationError) || error.reason !== "MergeConflict") throw error;
    const preview = {
      base: baseOf(compared),
      headSha: compared.head.sha,
      applications: [],
      applicationsConsidered: 0,
      problem: problemOf(error),
      warnings: [],
    };
    return { preview, warnings: [], isBroken: false };
  }
}

async function previewMerged(diff: Diff, mergeFor: MergeFor): Promise<Previewed> {
  const { compared, world, question, options } = diff;
  const definitions = await definitionsOf(diff, mergeFor);
  const all = [...definitions.base, ...definitions.head];
  const applications = all.map(({ value }) => value);
  const urls = await urlsOf(compared, applications, world);
  const proposal = createProposal(compared, (url) => urls.has(url));
  const { snapshot, warnings } = withUnjudgedProjects(definitions.snapshot, applications);
  const ports = await openDiffPorts({
    options,
    world,
    snapshot,
    definitions: all,
    live: question.live,
    proposal,
    mergeFor,
  });
  try {
    const change = await findChange(
      { ...proposal, warnings: definitions.problems },
      { base: definitions.base.map(({ value }) => value), head: definitions.head.map(({ value }) => value) },
      { revisions: world.revisions, mergeFor, mayBeAffected: async (_, { paths }) => paths.length > 0 },
    );
    const { preview } = await previewChange({ ...change, base: baseOf(compared) }, ports.preview);
    return {
      preview: await governed(preview, mergeFor),
      warnings: [...warnings, ...unreadStandIns(question.repositories, applications)],
      isBroken: definitions.isBroken,
    };
  } finally {
    await ports.close();
  }
}

/** The base's own file brakes a change here as it does on GitHub. */
async function governed(preview: Preview, mergeFor: MergeFor): Promise<Preview> {
  const { repository, before } = await mergeFor("");
  const { settings, problems } = await readRepositorySettings(repository, before.tree);
  return governPreview(preview, { settings, problems }, () => false);
}

interface DefinitionsOfDiff {
  readonly snapshot: ControlPlaneSnapshot;
  readonly base: readonly ApplicationDefinition[];
  readonly head: readonly ApplicationDefinition[];
  readonly problems: readonly ConfigProblem[];
  readonly isBroken: boolean;
}

async function definitionsOf({ given }: Diff, mergeFor: MergeFor): Promise<DefinitionsOfDiff> {
  if (given === undefined) {
    const { base, head, problems, broken } = await findRepositoryDefinitions(await mergeFor(""));
    return { snapshot: base, base: base.applications, head, problems, isBroken: broken.length > 0 };
  }
  const { applications } = given;
  const problems = definitionErrors(given);
  return { snapshot: given, base: applications, head: applications, problems, isBroken: problems.length > 0 };
}

function answer({ preview, warnings, isBroken }: Previewed, { uncommitted }: CliWorld): DiffAnswer {
  const reports = createReports(readReportTemplates());
  return {
    preview,
    isBroken,
    text: reports.text(preview),
    markdown: reports.comment(preview).body,
    json: reports.json(preview),
    warnings: [...uncommitted, ...warnings],
  };
}

function baseOf({ baseName, base }: ComparedCommits): Preview["base"] {
  return { branch: baseName, sha: base.sha };
}

function mustHaveNoErrors(given: ControlPlaneSnapshot): void {
  const problems = definitionErrors(given);
  if (problems.length > 0) throw OperationError.of("DefinitionInvalid", { problems: problems.map(lineOf) });
}
