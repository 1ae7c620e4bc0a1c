import { type Application, applicationId } from "../domain/application.ts";
import { compareText } from "../domain/compare-text.ts";
import { createMask } from "../domain/displayable-manifest.ts";
import type { ApplicationPreview, Outcome } from "../domain/preview.ts";
import type { Problem } from "../domain/problem.ts";
import type { TrustLevel } from "../domain/trust-level.ts";
import type { Log } from "../ports/log.ts";
import type { Turns } from "../ports/turns.ts";
import type {
  ApplicationSide,
  Change,
  ChangedApplication,
  ObservedChange,
  PreviewedChange,
  RenderedSide,
} from "./change.ts";
import { describeChange, isUntouched, shownOf } from "./describe-change.ts";
import type { LivePreview } from "./live-preview.ts";
import { problemOf } from "./problems.ts";
import type { RenderedTargets } from "./render-targets.ts";
import type { SourceTree } from "./revisions.ts";

/** What a preview needs. No member of it can write anything anywhere (invariant 4). */
export interface PreviewPorts {
  /** Renders one side, judged by the base branch's projects. @throws OperationError */
  render(
    side: { readonly application: Application; readonly trees: readonly SourceTree[] },
    trust: TrustLevel,
    signal?: AbortSignal,
  ): Promise<RenderedTargets>;
  /** The first project rule the Application or its objects break; `undefined` when all is permitted. */
  forbidden(application: Application, targets: RenderedTargets): Promise<Problem | undefined>;
  /** Live state's answers; absent where no cluster is to be asked. */
  readonly live?: LivePreview;
  readonly turns: Turns;
  readonly log: Log;
}

/** Renders both sides of every affected Application and says, object by object, what differs. One failure hides no other. */
export async function previewChange(
  change: Change,
  ports: PreviewPorts,
  signal?: AbortSignal,
): Promise<PreviewedChange> {
  const byId = change.applications.toSorted((a, b) => compareText(idOf(a), idOf(b)));
  const all = await Promise.all(byId.map((one) => observe(one, change.trust, { ports, signal })));
  const observed = all.filter((one) => !isUntouched(one, change.changedPaths));
  // One mask a report, and one order: equal values carry equal labels, and the same change gives the same words.
  const mask = createMask();
  const applications: ApplicationPreview[] = [];
  for (const one of observed) {
    await ports.turns.next();
    signal?.throwIfAborted();
    applications.push(describeChange(one, mask, change.changedPaths));
  }
  return {
    preview: {
      base: change.base,
      headSha: change.headSha,
      applications,
      applicationsConsidered: change.applicationsConsidered,
      warnings: change.warnings,
    },
    shown: Object.fromEntries(observed.flatMap((one, index) => shownOf(one, applications[index]))),
  };
}

interface Run {
  readonly ports: PreviewPorts;
  readonly signal: AbortSignal | undefined;
}

async function observe(changed: ChangedApplication, trust: TrustLevel, run: Run): Promise<ObservedChange> {
  const application = definedIn(changed);
  const [base, head] = await renderSides(changed, trust, run);
  const merged = changed.head?.application;
  const unanswered = {
    changed,
    application,
    base,
    head,
    forbidden: undefined,
    drift: undefined,
    dryRun: undefined,
  };
  if (head?.kind !== "ok" || merged === undefined) return unanswered;
  const forbidden = await run.ports.forbidden(merged, head.value);
  const { live } = run.ports;
  if (live === undefined || forbidden !== undefined) return { ...unanswered, forbidden };
  const ask = <T>(answer: Promise<T>) => outcomeOf(answer, merged, run);
  // The dry run comes only after the project's rules were kept.
  const [drift, dryRun] = await Promise.all([
    // Where the base renders nothing there is no target yet that the cluster could differ from.
    base?.kind === "ok" ? ask(live.drift(merged)) : undefined,
    ask(live.dryRun(merged, head.value)),
  ]);
  return { ...unanswered, drift, dryRun };
}

async function renderSides(
  { base, head }: ChangedApplication,
  trust: TrustLevel,
  run: Run,
): Promise<readonly [RenderedSide, RenderedSide]> {
  // The base side is what is synced: usually rendered already, at that trust. Where a template asked for randomness the
  // two levels draw different streams, and the base is drawn again from the head's, or every value would seem to change.
  const [before, after] = await Promise.all([renderSide(base, "synced", run), renderSide(head, trust, run)]);
  const isRandom = [before, after].some((side) => side?.kind === "ok" && !side.value.state.isDeterministic);
  if (!isRandom || trust === "synced") return [before, after];
  return [await renderSide(base, trust, run), after];
}

async function renderSide(
  side: ApplicationSide | undefined,
  trust: TrustLevel,
  run: Run,
): Promise<RenderedSide> {
  if (side === undefined) return undefined;
  const { application, trees } = side;
  if (trees.kind === "failed") return trees;
  return outcomeOf(
    run.ports.render({ application, trees: trees.value }, trust, run.signal),
    application,
    run,
  );
}

async function outcomeOf<T>(
  answer: Promise<T>,
  application: Application,
  { ports, signal }: Run,
): Promise<Outcome<T>> {
  try {
    return { kind: "ok", value: await answer };
  } catch (error) {
    signal?.throwIfAborted();
    const problem = problemOf(error);
    const fields = { application: applicationId(application), reason: problem.reason, error };
    ports.log.warn("an Application could not be previewed in full", fields);
    return { kind: "failed", problem };
  }
}

function definedIn({ base, head }: ChangedApplication): Application {
  const application = head?.application ?? base?.application;
  if (application === undefined) throw new RangeError("an Application must be defined on one side at least");
  return application;
}

function idOf(changed: ChangedApplication): string {
  return applicationId(definedIn(changed));
}
