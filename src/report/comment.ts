import type { Preview } from "../domain/preview.ts";
import {
  type ApplicationFacts,
  applicationFacts,
  hasLiveState,
  problemLine,
  problemMarkdown,
} from "./application-facts.ts";
import { brakeMarkdown } from "./brake.ts";
import { type Budget, COMMENT_BUDGET, createLedger, fits, type Ledger, share } from "./budget.ts";
import { countComplete, fillLines, fillShelves, renderFold, takeFolds } from "./comment-folds.ts";
import { clip, codeSpan, plainText } from "./markdown.ts";
import type { Render } from "./templates.ts";
import { nextSteps, totals, verdict } from "./verdict.ts";
import { count, listInWords, previewDigest, short } from "./words.ts";

/** The first thing in every preview comment: with the author's id it tells our comment from all others. */
export const PREVIEW_MARKER = "<!-- plumbline:preview";

export interface CommentReport {
  /** The whole comment: marker line, line end, body. */
  readonly markdown: string;
  /** What people read; `plumbline diff -o markdown` prints exactly this. */
  readonly body: string;
  readonly omitted: Omitted;
}

/** What did not fit. Everything counted here is named in the comment, with where to find it. */
export interface Omitted {
  /** Applications without a fold of their own. */
  readonly applications: number;
  /** Changed objects that are not shown, or not in full. */
  readonly objects: number;
}

export interface CommentOptions {
  readonly budget?: Budget;
  /** Part of the budget to keep to, for another try after GitHub found the text too long; 1 unless said. */
  readonly scale?: number;
  /** Page of the check run, once it exists. */
  readonly checkUrl?: string;
}

/** Room left for numbers that turn out longer than those that were reckoned with. */
const RESERVE_CHARS = 200;
const DANGERS_MAX = 20;
const WARNINGS_MAX = 10;

/** Puts a preview into one comment that keeps to its budget, whatever the preview holds. */
export function reportComment(
  render: Render,
  preview: Preview,
  { budget: whole = COMMENT_BUDGET, scale = 1, checkUrl = "" }: CommentOptions = {},
): CommentReport {
  const budget = share(whole, scale);
  const marker = markerLine(preview);
  const room = { chars: budget.chars - marker.length - 1, bytes: budget.bytes - marker.length - 1 };
  // What is reckoned piece by piece can come out a little longer: then the pieces get less.
  for (const fraction of [1, 0.9, 0.7, 0.4, 0.1, 0]) {
    const draft = compose(render, preview, { budget: share(room, fraction), checkUrl });
    if (fits(draft.body, room)) return { ...draft, markdown: `${marker}\n${draft.body}` };
  }
  const body = clip(
    plainText(verdict(preview)),
    Math.max(0, Math.min(room.chars, Math.floor(room.bytes / 3))),
  );
  return { markdown: `${marker}\n${body}`, body, omitted: everything(preview) };
}

/** The marker line also says what was rendered, so that the comment can be read back. */
function markerLine(preview: Preview): string {
  const { base, headSha } = preview;
  return `${PREVIEW_MARKER} head=${hex(headSha)} base=${hex(base.sha)} digest=${previewDigest(preview)} -->`;
}

function hex(sha: string): string {
  return /^[0-9a-f]{1,64}$/.test(sha) ? sha : "unknown";
}

type Draft = Pick<CommentReport, "body" | "omitted">;

function compose(
  render: Render,
  preview: Preview,
  { budget, checkUrl }: { readonly budget: Budget; readonly checkUrl: string },
): Draft {
  const facts = applicationFacts(preview);
  const ledger = createLedger(budget);
  const frame = frameView(preview, checkUrl);
  ledger.spend(
    render("comment", { ...frame, omitted: omittedInWords({ applications: 999_999, objects: 999_999 }) }),
  );
  ledger.spend(" ".repeat(RESERVE_CHARS));

  const dangers = takeList(
    ledger,
    facts.flatMap((one) => one.dangers),
    DANGERS_MAX,
  );
  const warnings = takeList(ledger, preview.warnings.map(problemLine), WARNINGS_MAX);
  const rows = takeWhile(tableRows(preview, facts), createSubLedger(ledger, 0.4));
  for (const row of rows) ledger.spend(`${row}\n`);
  const folds = takeFolds(render, facts, createSubLedger(ledger, 0.5));
  for (const fold of folds) ledger.spend(`\n${renderFold(render, fold)}\n`);
  fillShelves(
    render,
    folds.map(({ effect }) => effect),
    ledger,
  );
  for (const fold of folds) fillLines(fold, ledger);
  fillShelves(
    render,
    folds.map(({ drift }) => drift),
    ledger,
  );

  const omitted = {
    applications: facts.length - folds.length,
    objects: countObjects(preview) - countComplete(folds),
  };
  const body = render("comment", {
    ...frame,
    dangers,
    warnings,
    rows: withRest(rows, tableRows(preview, facts).length),
    applications: folds.map((fold) => renderFold(render, fold)),
    omitted: omittedInWords(omitted),
  });
  return { body, omitted };
}

/** One Application has its fold open right below, where it says the same. */
function tableRows(preview: Preview, facts: readonly ApplicationFacts[]): readonly string[] {
  return facts.length === 1 && !hasLiveState(preview) ? [] : facts.map(({ row }) => row);
}

function createSubLedger(ledger: Ledger, fraction: number): Ledger {
  return createLedger(share(ledger.left, fraction));
}

function frameView(preview: Preview, checkUrl: string): object {
  const { base, headSha, problem, applications } = preview;
  return {
    verdict: verdict(preview),
    lead: problem === undefined ? [totals(preview), ...brakeMarkdown(preview)] : [problemMarkdown(problem)],
    hasLive: hasLiveState(preview),
    dangers: [],
    warnings: [],
    rows: [],
    applications: [],
    checkUrl,
    ...nextSteps(applications),
    baseBranch: codeSpan(clip(base.branch, 100)),
    base: short(hex(base.sha)),
    head: short(hex(headSha)),
    digest: applications.some(({ digest }) => digest !== "") ? short(previewDigest(preview)) : "",
  };
}

function takeWhile(items: readonly string[], ledger: Ledger): readonly string[] {
  const end = items.findIndex((item) => !ledger.take(item, 1));
  return end === -1 ? items : items.slice(0, end);
}

/** Lines of a quotation, the last one saying how many there are beyond. */
function takeList(ledger: Ledger, items: readonly string[], itemsMax: number): readonly string[] {
  const sub = createSubLedger(ledger, 0.3);
  const taken = takeWhile(items.slice(0, itemsMax), sub).map((item) => item);
  const all = taken.length < items.length ? [...taken, `and ${items.length - taken.length} more`] : taken;
  // Each stands behind `> - `, and the first has a heading.
  for (const item of all) ledger.spend(`> - ${item}\n`);
  if (all.length > 0) ledger.spend(" ".repeat(60));
  return all;
}

function withRest(rows: readonly string[], total: number): readonly string[] {
  const rest = total - rows.length;
  return rest === 0 ? rows : [...rows, `| and ${count(rest, "Application")} more | |`];
}

function omittedInWords({ applications, objects }: Omitted): string {
  const parts = [
    ...(objects > 0 ? [count(objects, "object")] : []),
    ...(applications > 0 ? [`the details of ${count(applications, "Application")}`] : []),
  ];
  if (parts.length === 0) return "";
  return `${listInWords(parts)} ${objects + applications === 1 ? "is" : "are"} not, or not fully,`;
}

function everything(preview: Preview): Omitted {
  return { applications: preview.applications.length, objects: countObjects(preview) };
}

function countObjects({ applications }: Preview): number {
  return applications.reduce((sum, { effect }) => sum + (effect.kind === "ok" ? effect.value.length : 0), 0);
}
