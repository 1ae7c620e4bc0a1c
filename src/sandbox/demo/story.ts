import type { ApplicationStatus } from "../../domain/application-status.ts";
import type { CommentState } from "../github/model.ts";
import type { PullPlace } from "../github/present-pull-request.ts";
import { DEMO_APPLICATIONS } from "./demo-applications.ts";
import { demoPush } from "./demo-repository.ts";
import { DEMO_PEOPLE, type DemoServer, type DemoWorld } from "./demo-world.ts";
import { type Subscribe, until } from "./until.ts";

export interface StoryParts {
  readonly world: DemoWorld;
  readonly server: DemoServer;
  readonly subscribe: Subscribe;
  /** Told as each step ends. */
  readonly onStep: (step: string, ms: number) => void;
  /** People look before they speak; GitHub dates by the second. */
  readonly pause: () => Promise<void>;
  /** Changes the cluster behind Plumbline's back; absent where the cluster is somebody's. */
  readonly drift?: () => void;
}

const STEP_TIMEOUT_MS = 60_000;
const ALL = [...DEMO_APPLICATIONS.automated, ...DEMO_APPLICATIONS.manual];

/** One pull request from its opening until everything it changed runs. @throws at the first step that goes wrong */
export async function tellStory(parts: StoryParts): Promise<void> {
  const { github } = parts.world;
  await beforeIt(parts);
  const pull = await parts.world.openPullRequest();
  await preview(parts, pull);
  await parts.pause();
  const merged = await github.merge(pull, DEMO_PEOPLE.owner);
  await deploy(parts, pull, merged);
  if (parts.drift !== undefined) {
    parts.drift();
    await step(parts, "what somebody changed in the cluster is seen", () =>
      is(parts, "web", { sync: "OutOfSync" }),
    );
    await step(parts, "and healed", () => are(parts, ["web"], HEALTHY));
  }
  await github.idle();
  const [violation] = github.violations;
  if (violation !== undefined) throw new Error(`GitHub's description was not kept to: ${violation}`);
}

async function beforeIt(parts: StoryParts): Promise<void> {
  const { automated } = DEMO_APPLICATIONS;
  await step(parts, "Applications with automated sync are Synced and Healthy", () =>
    are(parts, automated, HEALTHY),
  );
  await step(parts, "the one without waits, OutOfSync", () => is(parts, "worker", { sync: "OutOfSync" }));
}

async function preview(parts: StoryParts, pull: PullPlace): Promise<void> {
  const { world } = parts;
  const sticky = await step(
    parts,
    "the pull request has its check, and one comment that names all three",
    () => {
      const comment = stickyOf(pull, world);
      const isComplete = ALL.every((name) => comment?.body.includes(name) === true);
      return isComplete && checkOf(pull, world) === "success" ? comment : undefined;
    },
  );
  const help = await say(parts, pull, { by: DEMO_PEOPLE.reader, body: "/help" });
  await step(parts, "/help is answered", () => replyTo(help, world));
  const early = await say(parts, pull, { by: DEMO_PEOPLE.writer, body: "/sync" });
  await step(
    parts,
    "/sync before the merge is refused, with the reason",
    () => replyTo(early, world)?.body.includes("not merged") || undefined,
  );
  const stranger = await say(parts, pull, { by: DEMO_PEOPLE.reader, body: "/sync" });
  await step(
    parts,
    "/sync by someone who may only read is refused",
    () => reactionsOf(stranger).includes("-1") || undefined,
  );
  const { branch } = pull.pull.head;
  await world.github.push(world.repository, { by: DEMO_PEOPLE.writer, branch, files: demoPush(1) });
  await step(parts, "a push edits the same comment", () => {
    const now = stickyOf(pull, world);
    const isEdited = now?.id === sticky.id && now.body.includes("push 1");
    return (isEdited && checkOf(pull, world) === "success") || undefined;
  });
}

async function deploy(parts: StoryParts, pull: PullPlace, merged: string): Promise<void> {
  const { world } = parts;
  const { automated } = DEMO_APPLICATIONS;
  const there = { ...HEALTHY, revision: merged };
  await step(parts, "after the merge the automated ones are Synced and Healthy again", () =>
    are(parts, automated, there),
  );
  await step(parts, "the third says on the merge commit that it waits for /sync", () => {
    const status = commitStatusOf(merged, "plumbline/worker", world);
    return (status?.state === "pending" && status.description.includes("/sync")) || undefined;
  });
  const order = await say(parts, pull, { by: DEMO_PEOPLE.writer, body: "/sync worker" });
  await step(parts, "/sync is acknowledged", () => reactionsOf(order).includes("rocket") || undefined);
  await step(parts, "everything is Synced and Healthy", () => are(parts, ALL, HEALTHY));
  await step(parts, "the commit and the comment say so", () => {
    const isGreen = ALL.every(
      (name) => commitStatusOf(merged, `plumbline/${name}`, world)?.state === "success",
    );
    return (
      (isGreen && stickyOf(pull, world)?.body.includes("3 Applications are Synced and Healthy")) || undefined
    );
  });
}

async function step<T>(
  { onStep, subscribe, server }: StoryParts,
  what: string,
  look: () => T | undefined,
): Promise<T> {
  const started = performance.now();
  const detail = (): string =>
    server
      .statuses()
      .map(
        ({ name, sync, health, problem, waitsFor, operation }) =>
          `  ${name}: ${sync}, ${health.status} ${problem?.title ?? waitsFor} ${operation?.phase ?? ""} ${operation?.message ?? ""}`,
      )
      .join("\n");
  const found = await until(what, look, { subscribe, timeoutMs: STEP_TIMEOUT_MS, detail });
  onStep(what, performance.now() - started);
  return found;
}

async function say(
  { world, pause }: StoryParts,
  pull: PullPlace,
  comment: { readonly by: string; readonly body: string },
): Promise<CommentState> {
  await pause();
  return world.github.comment(pull, comment);
}

interface Wanted {
  readonly sync: string;
  readonly health?: string;
  readonly revision?: string;
}

const HEALTHY: Wanted = { sync: "Synced", health: "Healthy" };

function are(parts: StoryParts, names: readonly string[], wanted: Wanted): true | undefined {
  return names.every((name) => is(parts, name, wanted)) || undefined;
}

function is({ server }: StoryParts, name: string, { sync, health, revision }: Wanted): true | undefined {
  const status: ApplicationStatus | undefined = server.statuses().find((one) => one.name === name);
  if (status?.sync !== sync || status.operation?.phase === "Running") return undefined;
  const isHealth = health === undefined || status.health.status === health;
  return (isHealth && (revision === undefined || status.revisions.includes(revision))) || undefined;
}

function stickyOf({ pull }: PullPlace, { github, repository }: DemoWorld): CommentState | undefined {
  const own = [...repository.comments.values()].filter(
    ({ pullNumber, author }) => pullNumber === pull.number && author.id === github.app.bot.id,
  );
  return own.find(({ body }) => body.startsWith("<!-- plumbline:preview"));
}

function replyTo({ id }: CommentState, { repository }: DemoWorld): CommentState | undefined {
  return [...repository.comments.values()].find(({ body }) =>
    body.startsWith(`<!-- plumbline:reply ${id} -->`),
  );
}

function reactionsOf({ reactions }: CommentState): readonly string[] {
  return reactions.map(({ content }) => content);
}

function checkOf({ pull }: PullPlace, { repository }: DemoWorld): string | undefined {
  const runs = [...repository.checkRuns.values()].filter(
    ({ headSha, name }) => headSha === pull.headSha && name === "plumbline",
  );
  return runs.at(-1)?.conclusion;
}

function commitStatusOf(sha: string, context: string, { repository }: DemoWorld) {
  return repository.statuses.findLast((status) => status.sha === sha && status.context === context);
}
