import { compareText } from "../../domain/compare-text.ts";
import type { DemoActions } from "../demo-page/demo-server.ts";
import type { createBranchViews, DemoView, ViewPullRequests } from "../demo-page/demo-view.ts";
import type { FileChanges } from "../github/git-store.ts";
import type { PullPlace } from "../github/present-pull-request.ts";
import { DEMO_APPLICATIONS } from "./demo-applications.ts";
import { demoAnotherChange, demoBreak, demoPush } from "./demo-repository.ts";
import { DEMO_PEOPLE, type DemoServer, type DemoWorld } from "./demo-world.ts";
import type { Subscribe } from "./until.ts";

/** What a visitor of the page looks at and takes part in. */
export interface DemoScene {
  readonly world: DemoWorld;
  readonly server: DemoServer;
  readonly subscribe: Subscribe;
  readonly clusterName: string;
  /** Changes the cluster behind Plumbline's back; `undefined` where the cluster is somebody's. */
  readonly disturb: (() => void) | undefined;
}

/** How long the first pull request waits for the Applications that are synced by themselves. */
const SETTLE_MS = 30_000;

/** A pull request is looked at best when the cluster holds what it changes; one that never comes up is not waited for. @returns how to stop waiting. */
export function onceSettled({ server, subscribe }: DemoScene, then: () => void): () => void {
  const isSettled = () =>
    DEMO_APPLICATIONS.automated.every((name) => {
      const found = server.statuses().find((one) => one.name === name);
      return found?.sync === "Synced" && found.health.status === "Healthy";
    });
  const stop = (): void => {
    clearTimeout(timer);
    unsubscribe();
  };
  const go = (): void => {
    stop();
    then();
  };
  const unsubscribe = subscribe(() => void (isSettled() && go()));
  const timer = setTimeout(go, SETTLE_MS);
  return stop;
}

/** What is looked up in Git, and kept. */
export interface DemoViews {
  readonly pullRequests: ViewPullRequests;
  readonly branches: ReturnType<typeof createBranchViews>;
}

/** What the page shows at this moment. */
export async function demoView(
  { world, server, clusterName, disturb }: DemoScene,
  { pullRequests, branches }: DemoViews,
): Promise<DemoView> {
  const { github, repository } = world;
  return {
    cluster: clusterName,
    repository: `${repository.owner.login}/${repository.name}`,
    cloneUrl: github.cloneUrl(repository),
    people: [
      { login: DEMO_PEOPLE.writer, role: "may write" },
      { login: DEMO_PEOPLE.owner, role: "owner" },
      { login: DEMO_PEOPLE.reader, role: "may only read" },
    ],
    mayDrift: disturb !== undefined,
    pullRequests: await pullRequests(),
    branches: await branches(),
    applications: server
      .statuses()
      .map((status) => ({
        name: status.name,
        sync: status.operation?.phase === "Running" ? "Syncing" : status.sync,
        health: status.health.status,
        message: status.problem?.title ?? (status.waitsFor === "" ? status.health.message : status.waitsFor),
        revision: status.revisions[0] ?? "",
        syncedAt: status.operation?.finishedAt ?? null,
      }))
      .sort((a, b) => compareText(a.name, b.name)),
  };
}

/** What the page's buttons do. */
export function demoActions({ world, disturb }: DemoScene): DemoActions {
  const { github, repository } = world;
  let pushes = 0;
  const placeOf = (number: number): PullPlace => {
    const pull = repository.pulls.get(number);
    if (pull === undefined) throw new RangeError(`There is no pull request #${number}`);
    return { repository, pull };
  };
  const pushTo = async (branch: string, files: FileChanges, message: string): Promise<void> => {
    await github.push(repository, { by: DEMO_PEOPLE.writer, branch, files, message });
  };
  return {
    comment: async (number: number, as: string, body: string) => {
      if (body.trim() === "") throw new RangeError("Write something first");
      github.comment(placeOf(number), { by: as, body });
    },
    push: async (number: number) => {
      pushes += 1;
      await pushTo(placeOf(number).pull.head.branch, demoPush(pushes), `Greet for push ${pushes}`);
    },
    breakChart: (number: number) =>
      pushTo(placeOf(number).pull.head.branch, demoBreak(), "Quote it otherwise"),
    rerun: async (checkId: number) => github.rerequestCheckRun(repository, checkId, DEMO_PEOPLE.writer),
    drift: async () => disturb?.(),
    merge: async (number: number, as: string) => {
      if (as === DEMO_PEOPLE.reader) throw new RangeError(`${as} may only read: merging takes write access`);
      await github.merge(placeOf(number), as);
    },
    open: async (pushed: string) => {
      if (pushed !== "") return openPushed(world, pushed);
      pushes += 1;
      const [head, title] = [`image-${pushes}`, "A newer image"];
      await pushTo(head, demoAnotherChange(pushes), title);
      const { pull } = await github.openPullRequest(repository, { by: DEMO_PEOPLE.writer, title, head });
      return pull.number;
    },
  };
}

/** Who pushes without saying who they are is the owner; the title is the first commit's, as on github.com. */
async function openPushed({ github, repository }: DemoWorld, head: string): Promise<number> {
  const refs = await repository.git.refs();
  const [base, tip] = [repository.defaultBranch, head].map((name) => refs.get(`refs/heads/${name}`) ?? "");
  const [first] = await repository.git.between(base ?? "", tip ?? "");
  const title = first?.message.split("\n")[0] ?? head;
  const { pull } = await github.openPullRequest(repository, { by: DEMO_PEOPLE.owner, title, head });
  return pull.number;
}
