import { describe, expect, it } from "vitest";
import { readControlPlane } from "../../../src/config/control-plane.ts";
import type { Comment, PullRequest, Repository } from "../../../src/domain/github.ts";
import { OperationError } from "../../../src/errors/operation-error.ts";
import type { GitRepository } from "../../../src/ports/git.ts";
import type { ShownPreview } from "../../../src/ports/shown-previews.ts";
import {
  type MergedApplicationsPorts,
  mergedApplications,
} from "../../../src/reconciler/merged-applications.ts";
import { createRegistry } from "../../../src/reconciler/registry.ts";
import type { Revisions } from "../../../src/reconciler/revisions.ts";

const URL = "https://github.com/octo/shop.git";
const REPOSITORY = { id: 7, cloneUrl: URL } as Repository;
const PULL = { number: 3, base: { branch: "main", sha: "" }, mergeCommitSha: "merged" } as PullRequest;
const OURS = 99;

/** `name`, at `branch` of the repository, or of the other one. */
function definition(name: string, { branch = "main", repoURL = URL } = {}) {
  const text = `
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: ${name}, namespace: argocd }
spec:
  project: default
  source: { repoURL: "${repoURL}", path: ${name}, targetRevision: ${branch} }
  destination: { server: https://kubernetes.default.svc, namespace: ${name} }
`;
  return { file: `${name}.yaml`, text };
}

interface World {
  readonly shown?: readonly Partial<ShownPreview>[];
  readonly comments?: readonly Partial<Comment>[];
  /** Changed by the merge commit, against its first parent. */
  readonly changed?: readonly string[];
  readonly neverRendered?: readonly string[];
  readonly pull?: PullRequest;
}

const PREVIEW = { authorId: OURS, body: "<!-- plumbline:preview head=1 -->\nWords" };

/** Applications `web` and `api` at `main`, `old` at `release`, `lost` at what is no branch, `away` elsewhere. */
async function toldAfter({
  shown = [],
  comments = [PREVIEW],
  changed = [],
  neverRendered = [],
  pull = PULL,
}: World) {
  const compared: string[] = [];
  const mirror: Partial<GitRepository> = {
    key: "shop",
    readCommit: async (sha) => ({ sha, tree: "", parents: ["first", "second"], subject: "", author: "" }),
    changedPaths: async (from, to) => {
      compared.push(`${from}..${to}`);
      return changed;
    },
  };
  const repository = mirror as GitRepository;
  const revisions: Partial<Revisions> = {
    open: async () => repository,
    resolve: async ({ targetRevision }) => {
      if (targetRevision !== "lost") return { sha: "tip", ref: `refs/heads/${targetRevision}` };
      throw OperationError.of("RevisionNotFound", { revision: targetRevision, detail: "" });
    },
    treeAt: async (_, sha) => ({ repository, sha, tree: sha, ref: "" }),
  };
  const files = [
    definition("web"),
    definition("api"),
    definition("old", { branch: "release" }),
    definition("lost", { branch: "lost" }),
    definition("away", { repoURL: "https://github.com/octo/other.git" }),
  ];
  const ports = {
    shownPreviews: { list: () => shown },
    comments: { list: async () => comments },
    botUserId: async () => OURS,
    registry: createRegistry(readControlPlane(files)),
    revisions,
    affected: {
      isKnown: (id: string) => !neverRendered.includes(id),
      affectedBy: (_: string, paths: readonly string[]) =>
        new Set(paths.map((path) => `argocd/${path.split("/")[0] ?? ""}`)),
    },
  } as unknown as MergedApplicationsPorts;
  return { told: await mergedApplications(REPOSITORY, pull, ports), compared };
}

describe("the Applications whose way a merged pull request tells", () => {
  it("are those that its newest preview showed, whatever the merge commit changed", async () => {
    const shown = [{ applications: { "argocd/api": {} } }, { applications: { "argocd/web": {} } }];
    const { told, compared } = await toldAfter({ shown: shown as never, changed: ["web/a.yaml"] });
    expect([told, compared]).toEqual([["argocd/api"], []]);
  });

  it("are none where its preview showed none", async () => {
    const shown = [{ applications: {} }];
    expect((await toldAfter({ shown, changed: ["web/a.yaml"] })).told).toEqual([]);
  });

  it("are those that read what the merge commit changed, where only the comment is left of the preview", async () => {
    const { told, compared } = await toldAfter({ changed: ["web/a.yaml", "README.md"] });
    expect([told, compared]).toEqual([["argocd/web"], ["first..merged"]]);
  });

  it.for([
    { name: "that follows another branch", changed: "old/a.yaml", told: [] },
    { name: "of another repository", changed: "away/a.yaml", told: [] },
    { name: "whose branch cannot be told", changed: "lost/a.yaml", told: ["argocd/lost"] },
  ])("are, of an Application $name: $told", async ({ changed, told }) => {
    expect((await toldAfter({ changed: [changed] })).told).toEqual(told);
  });

  it("are those, too, of which nobody knows yet what they read", async () => {
    const { told } = await toldAfter({ changed: ["web/a.yaml"], neverRendered: ["argocd/api"] });
    expect(told).toEqual(["argocd/api", "argocd/web"]);
  });

  it.for([
    { name: "nobody wrote", comments: [] },
    { name: "somebody else wrote", comments: [{ ...PREVIEW, authorId: 1 }] },
    { name: "is ours and no preview", comments: [{ ...PREVIEW, body: "<!-- plumbline:reply 1 -->" }] },
  ])("are none where the comment $name", async ({ comments }) => {
    expect((await toldAfter({ comments, changed: ["web/a.yaml"] })).told).toEqual([]);
  });

  it("are none before GitHub names the commit of the merge", async () => {
    const pull = { ...PULL, mergeCommitSha: undefined };
    expect((await toldAfter({ pull, changed: ["web/a.yaml"] })).told).toEqual([]);
  });
});
