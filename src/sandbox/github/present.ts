import type { Account, InstallationState, RepositoryState } from "./model.ts";
import { fullName, type World } from "./world.ts";

/** JSON as GitHub writes it. */
export type Presented = Readonly<Record<string, unknown>>;

/** GitHub writes whole seconds in UTC. */
export function isoTime(at: number): string {
  return new Date(at).toISOString().replace(/\.\d{3}Z$/, "Z");
}

/** Opaque, stable, and different for each kind of thing. */
export function nodeId(kind: string, id: number): string {
  return `${kind}_${Buffer.from(String(id)).toString("base64url")}`;
}

/** Where the API is, as on GitHub Enterprise Server. */
export function apiUrl(world: World): string {
  return `${world.url}/api/v3`;
}

const ACCOUNT_LINKS: Readonly<Record<string, string>> = {
  followers_url: "/followers",
  following_url: "/following{/other_user}",
  gists_url: "/gists{/gist_id}",
  starred_url: "/starred{/owner}{/repo}",
  subscriptions_url: "/subscriptions",
  organizations_url: "/orgs",
  repos_url: "/repos",
  events_url: "/events{/privacy}",
  received_events_url: "/received_events",
};

/** A simple-user. */
export function presentAccount(world: World, account: Account): Presented {
  const url = `${apiUrl(world)}/users/${encodeURIComponent(account.login)}`;
  return {
    login: account.login,
    id: account.id,
    node_id: nodeId("U", account.id),
    avatar_url: `${world.url}/avatars/u/${account.id}`,
    gravatar_id: "",
    url,
    html_url: `${world.url}/${account.type === "Bot" ? `apps/${world.app.slug}` : account.login}`,
    ...Object.fromEntries(Object.entries(ACCOUNT_LINKS).map(([key, path]) => [key, `${url}${path}`])),
    type: account.type,
    site_admin: false,
  };
}

/** A public-user: what `GET /users/{username}` says. */
export function presentProfile(world: World, account: Account): Presented {
  const unknown = {
    name: null,
    company: null,
    blog: "",
    location: null,
    email: null,
    hireable: null,
    bio: null,
  };
  const since = isoTime(world.app.createdAt);
  const counts = { public_repos: 0, public_gists: 0, followers: 0, following: 0 };
  return { ...presentAccount(world, account), ...unknown, ...counts, created_at: since, updated_at: since };
}

const REPOSITORY_LINKS: Readonly<Record<string, string>> = {
  archive_url: "/{archive_format}{/ref}",
  assignees_url: "/assignees{/user}",
  blobs_url: "/git/blobs{/sha}",
  branches_url: "/branches{/branch}",
  collaborators_url: "/collaborators{/collaborator}",
  comments_url: "/comments{/number}",
  commits_url: "/commits{/sha}",
  compare_url: "/compare/{base}...{head}",
  contents_url: "/contents/{+path}",
  contributors_url: "/contributors",
  deployments_url: "/deployments",
  downloads_url: "/downloads",
  events_url: "/events",
  forks_url: "/forks",
  git_commits_url: "/git/commits{/sha}",
  git_refs_url: "/git/refs{/sha}",
  git_tags_url: "/git/tags{/sha}",
  hooks_url: "/hooks",
  issue_comment_url: "/issues/comments{/number}",
  issue_events_url: "/issues/events{/number}",
  issues_url: "/issues{/number}",
  keys_url: "/keys{/key_id}",
  labels_url: "/labels{/name}",
  languages_url: "/languages",
  merges_url: "/merges",
  milestones_url: "/milestones{/number}",
  notifications_url: "/notifications{?since,all,participating}",
  pulls_url: "/pulls{/number}",
  releases_url: "/releases{/id}",
  stargazers_url: "/stargazers",
  statuses_url: "/statuses/{sha}",
  subscribers_url: "/subscribers",
  subscription_url: "/subscription",
  tags_url: "/tags",
  teams_url: "/teams",
  trees_url: "/git/trees{/sha}",
};

export function repositoryUrl(world: World, repository: RepositoryState): string {
  return `${apiUrl(world)}/repos/${fullName(repository)}`;
}

export function repositoryPage(world: World, repository: RepositoryState): string {
  return `${world.url}/${fullName(repository)}`;
}

/** A repository, with the fields that both the API and the webhooks ask for. */
export function presentRepository(world: World, repository: RepositoryState): Presented {
  const url = repositoryUrl(world, repository);
  const page = repositoryPage(world, repository);
  const openPulls = [...repository.pulls.values()].filter(({ state }) => state === "open").length;
  return {
    id: repository.id,
    node_id: nodeId("R", repository.id),
    name: repository.name,
    full_name: fullName(repository),
    private: repository.isPrivate,
    visibility: repository.isPrivate ? "private" : "public",
    owner: presentAccount(world, repository.owner),
    html_url: page,
    description: null,
    fork: repository.parent !== undefined,
    url,
    ...Object.fromEntries(Object.entries(REPOSITORY_LINKS).map(([key, path]) => [key, `${url}${path}`])),
    clone_url: `${page}.git`,
    git_url: `${page.replace(/^http/, "git")}.git`,
    ssh_url: `ssh://git@127.0.0.1/${fullName(repository)}.git`,
    svn_url: page,
    mirror_url: null,
    homepage: null,
    language: null,
    license: null,
    default_branch: repository.defaultBranch,
    created_at: isoTime(repository.createdAt),
    updated_at: isoTime(repository.updatedAt),
    pushed_at: isoTime(repository.pushedAt),
    topics: [],
    size: 0,
    open_issues: openPulls,
    open_issues_count: openPulls,
    ...NOT_KEPT,
  };
}

/** What the double does not keep, as GitHub says it of a repository that has none. */
const NOT_KEPT = {
  allow_forking: true,
  is_template: false,
  web_commit_signoff_required: false,
  archived: false,
  disabled: false,
  has_issues: true,
  has_projects: false,
  has_downloads: true,
  has_wiki: false,
  has_pages: false,
  has_discussions: false,
  forks: 0,
  forks_count: 0,
  stargazers_count: 0,
  watchers: 0,
  watchers_count: 0,
} as const;

/** A full-repository: what `GET /repos/{owner}/{repo}` says. */
export function presentFullRepository(world: World, repository: RepositoryState): Presented {
  return { ...presentRepository(world, repository), network_count: 0, subscribers_count: 0 };
}

/** The App itself, as an integration. */
export function presentApp(world: World): Presented {
  const { app } = world;
  return {
    id: app.id,
    slug: app.slug,
    node_id: nodeId("A", app.id),
    owner: presentAccount(world, app.owner),
    name: app.name,
    description: "",
    external_url: world.url,
    html_url: `${world.url}/apps/${app.slug}`,
    created_at: isoTime(app.createdAt),
    updated_at: isoTime(app.createdAt),
    permissions: app.permissions,
    events: app.events,
  };
}

export function presentInstallation(world: World, installation: InstallationState): Presented {
  const { app } = world;
  const url = `${apiUrl(world)}/app/installations/${installation.id}`;
  return {
    id: installation.id,
    node_id: nodeId("IN", installation.id),
    account: presentAccount(world, installation.account),
    access_tokens_url: `${url}/access_tokens`,
    repositories_url: `${apiUrl(world)}/installation/repositories`,
    html_url: `${world.url}/settings/installations/${installation.id}`,
    app_id: app.id,
    app_slug: app.slug,
    target_id: installation.account.id,
    target_type: installation.account.type,
    repository_selection: "selected",
    permissions: app.permissions,
    events: app.events,
    single_file_name: null,
    created_at: isoTime(installation.createdAt),
    updated_at: isoTime(installation.createdAt),
    suspended_by: installation.suspendedAt === undefined ? null : presentAccount(world, installation.account),
    suspended_at: installation.suspendedAt === undefined ? null : isoTime(installation.suspendedAt),
  };
}
