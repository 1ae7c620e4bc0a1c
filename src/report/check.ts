import type { CheckReport } from "../domain/github.ts";
import type { Preview } from "../domain/preview.ts";
import {
  type ApplicationFacts,
  applicationFacts,
  hasLiveState,
  problemLine,
  problemMarkdown,
} from "./application-facts.ts";
import { brakeMarkdown, brakeTitle } from "./brake.ts";
import {
  type Budget,
  CHECK_BUDGET,
  CHECK_TITLE_CHARS_MAX,
  createLedger,
  type Ledger,
  measure,
  share,
} from "./budget.ts";
import { fillPages, type Piece } from "./check-pages.ts";
import { clip, codeSpan, plainText } from "./markdown.ts";
import type { Render } from "./templates.ts";
import { firstFailure, hasRejected, totals, verdict } from "./verdict.ts";
import { changesInWords, count, listInWords, previewDigest, short, totalChanges } from "./words.ts";

export interface CompletedCheckReport extends CheckReport {
  readonly status: "completed";
  readonly conclusion: "success" | "failure" | "action_required";
  /** Objects whose change did not fit, or not in full. */
  readonly objectsOmitted: number;
}

export interface CheckOptions {
  readonly budget?: Budget;
  /** A sentence of Markdown at the end of the summary; `""` for none. */
  readonly remark?: string;
}

const DANGERS_MAX = 100;
const WARNINGS_MAX = 50;
/** Room for what is added to the summary once all else is known. */
const RESERVE_CHARS = 600;

/**
 * The check run of a preview, in full as far as GitHub's two fields hold it: the summary, then everything in `text`,
 * and what does not fit there begins in the summary already.
 *
 * It fails when the merge result does not render or breaks the project's rules, and when the API server rejects an
 * object; never for drift, nor for a cluster that does not answer (DESIGN §7).
 */
export function reportCheck(
  render: Render,
  preview: Preview,
  { budget = CHECK_BUDGET, remark = "" }: CheckOptions = {},
): CompletedCheckReport {
  const facts = applicationFacts(preview);
  const frame = { ...summaryFrame(preview, facts, budget), remark };
  const head = measure(render("check-summary", frame));
  const rest = {
    chars: budget.chars - head.chars - RESERVE_CHARS,
    bytes: budget.bytes - head.bytes - RESERVE_CHARS,
  };
  const pieces = (): Generator<Piece> => piecesOf(render, facts);
  const onePage = fillPages(pieces(), render, [budget]);
  const { pages, objectsOmitted } =
    onePage.objectsOmitted === 0 && !onePage.isCut ? onePage : fillPages(pieces(), render, [rest, budget]);
  const [page, text] = pages.length === 1 ? ["", pages[0] ?? ""] : [pages[0] ?? "", pages[1] ?? ""];
  const reason = failureReason(preview);
  return {
    status: "completed",
    conclusion: reason !== "" ? "failure" : preview.brake?.state === "held" ? "action_required" : "success",
    title: checkTitle(preview),
    summary: render("check-summary", { ...frame, reason, page, omitted: omittedInWords(objectsOmitted) }),
    text,
    objectsOmitted,
  };
}

/** The check's one line: what changes, or the first thing that is wrong. Plain text. */
export function checkTitle(preview: Preview): string {
  const failure = firstFailure(preview);
  const changes = totalChanges(preview);
  const isChanged = changes.added + changes.modified + changes.removed > 0;
  const detail = failure !== "" ? failure : isChanged ? changesInWords(changes) : "";
  const title = [`${verdict(preview)}${failure === "" ? brakeTitle(preview) : ""}`, detail]
    .filter((part) => part !== "")
    .join(": ");
  return clip(plainText(title), CHECK_TITLE_CHARS_MAX);
}

/** Why the check fails; `""` when it does not. */
function failureReason({ problem, applications }: Preview): string {
  if (problem !== undefined) return problemLine(problem);
  const failed = applications.filter(({ effect }) => effect.kind === "failed");
  const rejected = applications.filter(hasRejected);
  const names = (those: Preview["applications"]): string => {
    const shown = those.slice(0, 3).map(({ name }) => codeSpan(clip(name, 100)));
    return listInWords(those.length > 3 ? [...shown, `${those.length - 3} more`] : shown);
  };
  return [
    ...(failed.length > 0
      ? [`the merge result of ${names(failed)} cannot be rendered or is not permitted`]
      : []),
    ...(rejected.length > 0 ? [`the API server rejects objects of ${names(rejected)}`] : []),
  ].join("; ");
}

function summaryFrame(preview: Preview, facts: readonly ApplicationFacts[], budget: Budget): object {
  const { base, headSha, problem, applications } = preview;
  const ledger = createLedger(share(budget, 0.6));
  const dangers = takeList(
    facts.flatMap((one) => one.dangers),
    DANGERS_MAX,
    createLedger(share(budget, 0.15)),
  );
  const warnings = takeList(
    preview.warnings.map(problemLine),
    WARNINGS_MAX,
    createLedger(share(budget, 0.1)),
  );
  const rows = takeList(
    facts.map(({ row }) => row),
    facts.length,
    ledger,
  );
  return {
    lead: problem === undefined ? [totals(preview), ...brakeInCheck(preview)] : [problemMarkdown(problem)],
    hasLive: hasLiveState(preview),
    dangers: withRest(
      dangers,
      facts.reduce((sum, one) => sum + one.dangers.length, 0),
    ),
    warnings: withRest(warnings, preview.warnings.length),
    rows:
      rows.length < facts.length
        ? [...rows, `| and ${count(facts.length - rows.length, "Application")} more | |`]
        : rows,
    baseBranch: codeSpan(clip(base.branch, 100)),
    base: plainSha(base.sha),
    head: plainSha(headSha),
    digest: applications.some(({ digest }) => digest !== "") ? short(previewDigest(preview)) : "",
    reason: "",
    omitted: "",
    page: "",
  };
}

function brakeInCheck(preview: Preview): readonly string[] {
  const isConfirmed = preview.brake?.state === "confirmed";
  return [...brakeMarkdown(preview), ...(isConfirmed ? ["That was done: it passes."] : [])];
}

function plainSha(sha: string): string {
  return /^[0-9a-f]+$/.test(sha) ? short(sha) : "unknown";
}

function takeList(items: readonly string[], itemsMax: number, ledger: Ledger): readonly string[] {
  const end = items.slice(0, itemsMax).findIndex((item) => !ledger.take(item, 5));
  return items.slice(0, end === -1 ? itemsMax : end);
}

function withRest(shown: readonly string[], total: number): readonly string[] {
  return shown.length < total ? [...shown, `and ${total - shown.length} more`] : shown;
}

function omittedInWords(objects: number): string {
  if (objects === 0) return "";
  return objects === 1
    ? "1 object is not, or not fully,"
    : `${count(objects, "object")} are not, or not fully,`;
}

/** Everything there is to say, Application by Application, each piece made when it is asked for. */
function* piecesOf(render: Render, facts: readonly ApplicationFacts[]): Generator<Piece> {
  for (const { nameHtml: name, changes, notes, blocks, drift, dryRun } of facts) {
    yield { kind: "text", markdown: render("check-application", { name, changes, notes }) };
    for (const block of blocks) yield { kind: "object", block, isCounted: true };
    if (drift !== undefined) {
      yield { kind: "text", markdown: render("check-drift", { name, sentence: drift.sentence }) };
      for (const block of drift.blocks) yield { kind: "object", block, isCounted: false };
    }
    if (dryRun !== undefined) {
      yield { kind: "text", markdown: render("check-dry-run", { name, sentence: dryRun.sentence }) };
      yield* listPieces(dryRun.lines);
    }
  }
}

const LINES_PER_PIECE = 20;

function* listPieces(lines: readonly string[]): Generator<Piece> {
  for (let start = 0; start < lines.length; start += LINES_PER_PIECE) {
    const some = lines.slice(start, start + LINES_PER_PIECE).map((line) => `- ${line}`);
    yield { kind: "text", markdown: some.join("\n") };
  }
}
