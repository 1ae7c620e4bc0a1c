import { type GitOutcome, outputOf, tryGit } from "./git-process.ts";

/** Questions about commits. Where all that are named are ids, git is asked once: the answer is true for ever. */
export interface GitAnswers {
  /** For commands whose exit code is an answer. */
  outcome(args: readonly string[], commits: readonly string[]): Promise<GitOutcome>;
  /** @throws Error with what git said, where it failed */
  output(args: readonly string[], commits: readonly string[]): Promise<string>;
}

/** More than the commits that a demo or a file of tests makes; past it, all is asked again. */
const ANSWERS_MAX = 4_096;

const COMMIT_ID = /^[0-9a-f]{40}$/;

export function createGitAnswers(folder: string): GitAnswers {
  const answers = new Map<string, Promise<GitOutcome>>();
  function outcome(args: readonly string[], commits: readonly string[]): Promise<GitOutcome> {
    if (!commits.every((commit) => COMMIT_ID.test(commit))) return tryGit({ folder, args });
    const question = args.join("\0");
    const known = answers.get(question);
    if (known !== undefined) return known;
    if (answers.size >= ANSWERS_MAX) answers.clear();
    const asked = tryGit({ folder, args });
    answers.set(question, asked);
    // 0 is yes and 1 is no, or a conflict; all else says that git could not tell, as of a commit that comes later.
    void asked.then(
      ({ code }) => code === 0 || code === 1 || answers.delete(question),
      () => answers.delete(question),
    );
    return asked;
  }
  return { outcome, output: async (args, commits) => outputOf(args, await outcome(args, commits)) };
}
