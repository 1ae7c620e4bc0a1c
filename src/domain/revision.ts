import { compareVersions, parseConstraint, parseVersion } from "./semver.ts";

/** What a remote's refs are, as far as a revision can be looked up in them. */
export interface RefTable {
  /** Full name, and `HEAD` → commit SHA. */
  readonly refs: ReadonlyMap<string, string>;
  /** Full name of the ref that HEAD points at, `""` for none. */
  readonly head: string;
}

export type RevisionResult =
  | {
      readonly kind: "resolved";
      /** Full commit SHA. */
      readonly sha: string;
      /** Full name of the branch or tag it was found under; absent for a SHA and a detached HEAD. */
      readonly ref?: string;
    }
  | { readonly kind: "problem"; readonly reason: RevisionProblem; readonly detail: string };

/**
 * `RevisionMalformed` never reaches Git; `RevisionAbbreviated` may be a commit's SHA cut short, which only the mirror can
 * tell; the first and second are also the catalogue's reasons.
 */
export type RevisionProblem = "RevisionMalformed" | "RevisionNotFound" | "RevisionAbbreviated";

const FULL_SHA = /^[0-9a-f]{40}$/i;
const SHORT_SHA = /^[0-9a-f]{7,38}$/i;
const REVISION_CHARS_MAX = 255;

/**
 * Which commit a targetRevision means, by Argo CD's rules (argocd-behaviour §3.1): a SHA is itself, `""` is HEAD, a
 * version is the tag of that name, a range is the highest tag in it, else a branch or tag by full or short name, branch
 * first; a range that no tag is in is looked for as a name. The commit is pinned: what a branch or tag says later is
 * for the next look (T273).
 */
export function resolveRevision(targetRevision: string, table: RefTable): RevisionResult {
  const text = targetRevision.trim();
  if (FULL_SHA.test(text)) return { kind: "resolved", sha: text.toLowerCase() };
  if (text === "" || text === "HEAD") return resolveHead(table);

  const constraint = constraintOf(text);
  if (constraint !== undefined) {
    const highest = highestTag(table, constraint);
    if (highest !== undefined) return highest;
  }
  const flaw = nameFlaw(text);
  if (flaw === undefined) {
    const named = resolveName(text, table);
    const isNotFound = named.kind === "problem" && named.reason === "RevisionNotFound";
    return constraint !== undefined && isNotFound ? neitherTagNorName() : named;
  }
  return constraint === undefined ? problem("RevisionMalformed", flaw) : noTagMatches();
}

/** A ref that was pushed, and what HEAD stands for there. */
export interface PushedRef {
  /** Full name. */
  readonly ref: string;
  /** Short name of the default branch. */
  readonly defaultBranch: string;
}

/**
 * Whether a push to a ref may move what a targetRevision means (argocd-behaviour §10.5-2). A hint where to look: SHAs
 * never move, and a range moves only by a tag within it.
 */
export function isRevisionWanted(targetRevision: string, { ref, defaultBranch }: PushedRef): boolean {
  const text = targetRevision.trim();
  if (FULL_SHA.test(text)) return false;
  if (text === "" || text === "HEAD") return ref === `refs/heads/${defaultBranch}`;
  if (ref === text || shortName(ref) === shortName(text)) return true;

  const version = tagVersion(ref);
  return version !== undefined && constraintOf(text)?.(version) === true;
}

function resolveHead({ refs, head }: RefTable): RevisionResult {
  const sha = refs.get(head) ?? refs.get("HEAD");
  if (sha === undefined)
    return problem("RevisionNotFound", "The repository has no commits, or HEAD names no branch.");
  return head === "" ? { kind: "resolved", sha } : { kind: "resolved", sha, ref: head };
}

/** A version, even a short one like `1.2`, is a name; only what is none can be a range. */
function constraintOf(text: string) {
  return parseVersion(text) === undefined ? parseConstraint(text) : undefined;
}

function highestTag(
  { refs }: RefTable,
  constraint: NonNullable<ReturnType<typeof constraintOf>>,
): RevisionResult | undefined {
  const candidates = [...refs].flatMap(([ref, sha]) => {
    const version = tagVersion(ref);
    return version !== undefined && constraint(version) ? [{ ref, sha, version }] : [];
  });
  const [first, ...others] = candidates;
  if (first === undefined) return undefined;
  const highest = others.reduce((a, b) => (compareVersions(b.version, a.version) > 0 ? b : a), first);
  return { kind: "resolved", sha: highest.sha, ref: highest.ref };
}

function tagVersion(ref: string) {
  return ref.startsWith("refs/tags/") ? parseVersion(ref.slice("refs/tags/".length)) : undefined;
}

/** In Git's listing branches come before tags, and remote-tracking branches, which only checkouts have, between. */
function resolveName(name: string, { refs }: RefTable): RevisionResult {
  const places = [
    name,
    `refs/heads/${name}`,
    `refs/remotes/${name}`,
    `refs/tags/${name}`,
    `refs/remotes/origin/${name}`,
  ];
  for (const ref of name.startsWith("refs/") ? [name] : places) {
    const sha = refs.get(ref);
    if (sha !== undefined) return { kind: "resolved", sha, ref };
  }
  if (/^[0-9a-f]{39}$/i.test(name))
    return problem("RevisionMalformed", "a commit's SHA has 40 digits, this has 39");
  return SHORT_SHA.test(name)
    ? resolveShortSha(name.toLowerCase(), refs)
    : problem("RevisionNotFound", NO_SUCH_NAME);
}

const NO_SUCH_NAME = "The repository has no branch or tag of that name.";

function resolveShortSha(prefix: string, refs: ReadonlyMap<string, string>): RevisionResult {
  const tips = new Set([...refs.values()].filter((sha) => sha.startsWith(prefix)));
  const [sha] = tips;
  if (sha !== undefined && tips.size === 1) return { kind: "resolved", sha };
  return problem(
    "RevisionAbbreviated",
    "No branch or tag has that name or points at a commit that begins so. Write all 40 digits of the commit's SHA.",
  );
}

/** Git's own rules for names; what breaks them (`-x`, `HEAD~1`, `main:path`, `@{u}`) must never be handed to Git (T054). */
function nameFlaw(name: string): string | undefined {
  if (name.length > REVISION_CHARS_MAX) return `it is longer than ${REVISION_CHARS_MAX} characters`;
  if (name.startsWith("-")) return "it begins with `-`, as an option does";
  if (/[\u0000-\u0020\u007f]/.test(name)) return "it contains white space or a control character";
  if (/[~^:?*[\\]/.test(name)) return "it contains one of `~ ^ : ? * [ \\`";
  if (/\.\.|@\{|\/\/|\/\.|\.lock(\/|$)|^[./]|[./]$/.test(name) || name === "@")
    return "no branch or tag can be named so";
  return undefined;
}

function shortName(ref: string): string {
  return ref.replace(/^refs\/(heads|tags)\//, "");
}

function neitherTagNorName(): RevisionResult {
  return problem(
    "RevisionNotFound",
    "No tag of the repository is a version within that range, and no branch or tag is named so.",
  );
}

function noTagMatches(): RevisionResult {
  return problem("RevisionNotFound", "No tag of the repository is a version within that range.");
}

function problem(reason: RevisionProblem, detail: string): RevisionResult {
  return { kind: "problem", reason, detail };
}
