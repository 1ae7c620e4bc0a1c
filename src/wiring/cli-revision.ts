import { resolveRevision } from "../domain/revision.ts";
import { OperationError } from "../errors/operation-error.ts";
import type { GitRepository, RemoteRefs } from "../ports/git.ts";

/** A revision as somebody named it on a command line, found. */
export interface NamedCommit {
  readonly sha: string;
  /** Full name of the branch or tag; `""` for a commit that was named otherwise. */
  readonly ref: string;
}

/**
 * Finds the commit of a branch, tag, remote-tracking branch, SHA or `HEAD`, and of their ancestors (`main~2`, `HEAD^`,
 * `v1^2`), in a folder of this machine. Ancestors are found by walking: Git itself never reads what was typed (T054).
 * @throws OperationError RevisionNotFound, RevisionMalformed
 */
export async function findNamedCommit(
  repository: GitRepository,
  refs: RemoteRefs,
  revision: string,
): Promise<NamedCommit> {
  const { name = "", steps = "" } =
    /^(?<name>.*?)(?<steps>(?:[~^][0-9]*)*)$/s.exec(revision.trim())?.groups ?? {};
  const start = await findByName(repository, refs, name === "@" ? "HEAD" : name);
  if (steps === "") return start;
  let { sha } = start;
  for (const [step] of steps.matchAll(/[~^][0-9]*/g)) {
    const number = step.length === 1 ? 1 : Number(step.slice(1));
    if (step.startsWith("~")) {
      for (let index = 0; index < number; index += 1)
        sha = await parentOf(repository, { sha, number: 1, revision });
    } else if (number > 0) sha = await parentOf(repository, { sha, number, revision });
  }
  return { sha, ref: "" };
}

/** The short name of a branch, here or on a remote; `undefined` for any other ref. */
export function branchOf(ref: string): string | undefined {
  return /^refs\/(?:heads|remotes\/[^/]+)\/(?<branch>.+)$/.exec(ref)?.groups?.["branch"];
}

async function findByName(repository: GitRepository, refs: RemoteRefs, name: string): Promise<NamedCommit> {
  const found = resolveRevision(name, refs);
  if (found.kind === "resolved") {
    await repository.fetch({ shas: [found.sha], refs: [] });
    return { sha: found.sha, ref: found.ref ?? "" };
  }
  const expanded =
    found.reason === "RevisionAbbreviated" ? await repository.findCommit(name.toLowerCase()) : undefined;
  if (expanded !== undefined) return { sha: expanded, ref: "" };
  const reason = found.reason === "RevisionMalformed" ? "RevisionMalformed" : "RevisionNotFound";
  throw OperationError.of(reason, { revision: name, detail: found.detail });
}

async function parentOf(
  repository: GitRepository,
  { sha, number, revision }: { readonly sha: string; readonly number: number; readonly revision: string },
): Promise<string> {
  const { parents } = await repository.readCommit(sha);
  const parent = parents[number - 1];
  if (parent !== undefined) return parent;
  const detail = `Commit ${sha.slice(0, 12)} has ${parents.length === 0 ? "no parents" : `${parents.length} parents`}.`;
  throw OperationError.of("RevisionNotFound", { revision, detail });
}
