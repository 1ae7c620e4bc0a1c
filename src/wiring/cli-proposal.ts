import type { Application, ApplicationSource } from "../domain/application.ts";
import { resolveRevision } from "../domain/revision.ts";
import type { GitRepository, RemoteRefs } from "../ports/git.ts";
import type { Proposal } from "../reconciler/find-change.ts";
import { branchOf, type NamedCommit } from "./cli-revision.ts";
import type { CliWorld } from "./cli-world.ts";

/** Two commits of a folder of this machine, the second to be merged into the first. */
export interface ComparedCommits {
  /** Address under which the folder is opened. */
  readonly url: string;
  readonly repository: GitRepository;
  readonly refs: RemoteRefs;
  /** As it was written after `--base`. */
  readonly baseName: string;
  readonly base: NamedCommit;
  readonly head: NamedCommit;
}

/** The proposal that a folder's two commits stand for; everything in the folder is the user's own. */
export function createProposal(compared: ComparedCommits, isThis: (repoURL: string) => boolean): Proposal {
  const { url, baseName, base, head } = compared;
  return {
    url,
    isThis,
    base: baseName,
    headSha: head.sha,
    headRef: "",
    trust: "synced",
    warnings: [],
    baseTip: async () => base,
    follows: async (source) => isThis(source.repoURL) && followsBase(source, compared),
  };
}

/**
 * Whether the merge moves what a targetRevision means: HEAD always, the base branch by name, and where the base is no
 * branch, any branch, since nobody said which one the merge would be made in. Tags and SHAs stay where they are.
 */
function followsBase({ targetRevision }: ApplicationSource, { base, refs }: ComparedCommits): boolean {
  const wanted = targetRevision.trim();
  if (wanted === "" || wanted === "HEAD") return true;
  const baseBranch = branchOf(base.ref);
  if (baseBranch !== undefined) return (branchOf(wanted) ?? wanted) === baseBranch;
  const found = resolveRevision(wanted, refs);
  return found.kind === "resolved" && branchOf(found.ref ?? "") !== undefined;
}

/** Which of the Applications' repository URLs are the compared folder: those that it stands in for. */
export async function urlsOf(
  { repository }: Pick<ComparedCommits, "repository">,
  applications: readonly Application[],
  { repositories }: Pick<CliWorld, "repositories">,
): Promise<ReadonlySet<string>> {
  const urls = new Set(applications.flatMap(({ sources }) => sources.map(({ repoURL }) => repoURL)));
  const found = await Promise.all(
    [...urls].map(async (url) => {
      // One that is refused is told of where its Application is rendered.
      const opened = await repositories.open({ url, project: "" }).catch(() => undefined);
      return opened?.key === repository.key ? [url] : [];
    }),
  );
  return new Set(found.flat());
}
