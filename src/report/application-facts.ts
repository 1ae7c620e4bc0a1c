import { countChanges, type ObjectDiff } from "../domain/manifest-diff.ts";
import type { ApplicationPreview, Drift, Preview } from "../domain/preview.ts";
import type { Problem } from "../domain/problem.ts";
import { describeResource } from "../domain/resource-key.ts";
import { DELETION_APPROVED, type RemovalEffect } from "../domain/resources-finalizer.ts";
import { dangersOf } from "./danger.ts";
import { type DryRunFacts, dryRunFacts, dryRunInCell } from "./dry-run-facts.ts";
import { cellCode, cellProse, clip, codeSpan, htmlCode, prose, remedyMarkdown } from "./markdown.ts";
import { blockOf, type ChangeWords, type ObjectBlock } from "./object-block.ts";
import { changesInWords, changesOf, count, listInWords, nameIn, short } from "./words.ts";

/** What a preview says about one Application, in safe Markdown, before anyone asks how much of it fits. */
export interface ApplicationFacts {
  /** As it is told from the others here. */
  readonly name: string;
  /** The name as code in HTML. */
  readonly nameHtml: string;
  /** `2 added, 1 modified`, or that it cannot be previewed. */
  readonly changes: string;
  /** One row of the table of all Applications. */
  readonly row: string;
  readonly hasFailed: boolean;
  /** There is no other one here. */
  readonly isOnly: boolean;
  /** Paragraphs. */
  readonly notes: readonly string[];
  /** Dangerous ones first, then what is modified, then what comes and goes. */
  readonly blocks: readonly ObjectBlock[];
  readonly dangers: readonly string[];
  readonly drift?: { readonly sentence: string; readonly blocks: readonly ObjectBlock[] };
  readonly dryRun?: DryRunFacts;
}

/** A remedy may quote a tool's whole output. */
const REMEDY_CHARS_MAX = 3_000;
const TITLE_CHARS_MAX = 200;
const NOTE_CHARS_MAX = 500;
const REASONS_SHOWN_MAX = 5;

/** In the order of the preview. */
export function applicationFacts(preview: Preview): readonly ApplicationFacts[] {
  const nameOf = nameIn(preview.applications);
  const hasLive = hasLiveState(preview);
  return preview.applications.map((application) => {
    const name = clip(nameOf(application), TITLE_CHARS_MAX);
    const { effect } = application;
    const diffs = effect.kind === "ok" ? effect.value : [];
    return {
      name,
      nameHtml: htmlCode(name),
      changes: effect.kind === "ok" ? changesInWords(changesOf(application)) : "cannot be previewed",
      row: row(application, { name, hasLive }),
      hasFailed: effect.kind === "failed",
      isOnly: preview.applications.length === 1,
      notes: notesOf(application),
      blocks: byWeight(diffs).map((diff) => blockOf(diff)),
      dangers: dangerLines(application, diffs, name),
      ...(application.drift?.kind === "ok" ? { drift: driftFacts(application.drift.value) } : {}),
      ...(application.dryRun?.kind === "ok" ? { dryRun: dryRunFacts(application.dryRun.value) } : {}),
    };
  });
}

/** Whether anyone was asked what the cluster holds. */
export function hasLiveState({ applications }: Preview): boolean {
  return applications.some(({ drift, dryRun }) => drift !== undefined || dryRun !== undefined);
}

/** A failure as paragraphs: its title in bold, then what to do. */
export function problemMarkdown(problem: Problem): string {
  const remedy = remedyMarkdown(problem, REMEDY_CHARS_MAX);
  const title = `**${prose(clip(problem.title, TITLE_CHARS_MAX))}**`;
  return remedy.trim() === "" ? title : `${title}\n\n${remedy}`;
}

/** A failure on one line. */
export function problemLine({ title }: Pick<Problem, "title">): string {
  return prose(clip(title, TITLE_CHARS_MAX));
}

function row(
  application: ApplicationPreview,
  { name, hasLive }: { readonly name: string; readonly hasLive: boolean },
): string {
  const cells = [cellCode(name), changesInCell(application)];
  if (hasLive) cells.push(driftInCell(application), dryRunInCell(application.dryRun));
  return `| ${cells.join(" | ")} |`;
}

function changesInCell(application: ApplicationPreview): string {
  if (application.effect.kind === "failed") {
    return `**${cellProse(clip(application.effect.problem.title, TITLE_CHARS_MAX))}**`;
  }
  const words = changesInWords(changesOf(application));
  switch (application.definition) {
    case "added":
      return `**new**, ${words}`;
    case "removed":
      return `**removed**, ${words}`;
    case "modified":
      return `${words}, definition changes`;
    case "kept":
      return words;
  }
}

function driftInCell({ drift }: ApplicationPreview): string {
  if (drift === undefined) return "not asked";
  if (drift.kind === "failed") return "could not tell";
  const { sync, health, objects } = drift.value;
  const differing = objects.length === 0 ? "" : ` (${count(objects.length, "object")})`;
  return `${sync}${differing}, ${health.status}`;
}

function notesOf(application: ApplicationPreview): readonly string[] {
  const { effect, drift, dryRun, because, warnings, previewOnly } = application;
  const notes = [definitionNote(application), becauseNote(because), placeNote(application)];
  if (effect.kind === "failed") notes.push(problemMarkdown(effect.problem));
  if (previewOnly.length > 0) {
    const reasons = previewOnly
      .slice(0, REASONS_SHOWN_MAX)
      .map((reason) => prose(clip(reason, NOTE_CHARS_MAX)));
    notes.push(`It is previewed only, and not synced by Plumbline: ${reasons.join("; ")}.`);
  }
  for (const warning of warnings) notes.push(`Note: ${prose(clip(warning, NOTE_CHARS_MAX))}`);
  for (const outcome of [drift, dryRun]) {
    if (outcome?.kind === "failed")
      notes.push(`The cluster could not be asked: ${problemLine(outcome.problem)}.`);
  }
  return [...new Set(notes)].filter((note) => note !== "");
}

function definitionNote({ definition, onRemoval }: ApplicationPreview): string {
  switch (definition) {
    case "kept":
      return "";
    case "added":
      return "This pull request adds the Application.";
    case "modified":
      return "This pull request changes the Application's own definition.";
    case "removed":
      return `This pull request removes the Application. ${REMOVAL_NOTES[onRemoval]}`;
  }
}

const REMOVAL_NOTES: Readonly<Record<RemovalEffect, string>> = {
  orphan: "Its objects stay in the cluster: it has no resources finalizer.",
  delete: `Its finalizer has its objects deleted after the merge, but for those that hold data: Namespaces, PersistentVolumes and their claims, StatefulSets. With the annotation \`${DELETION_APPROVED}\` they would go too.`,
  deleteWithData: `Its finalizer has its objects deleted after the merge; those that hold data as well, as its annotation \`${DELETION_APPROVED}\` says.`,
};

function becauseNote(because: readonly string[]): string {
  if (because.length === 0) return "";
  const shown = because.slice(0, REASONS_SHOWN_MAX).map((path) => codeSpan(clip(path, TITLE_CHARS_MAX)));
  const more = because.length > shown.length ? [`${because.length - shown.length} more`] : [];
  return `It reads ${listInWords([...shown, ...more])}.`;
}

function placeNote({ destination, project, digest }: ApplicationPreview): string {
  const parts = [`Destination ${codeSpan(destination)}`, `project ${codeSpan(project)}`];
  if (digest !== "") parts.push(`digest \`${short(digest)}\``);
  return `${parts.join(", ")}.`;
}

/** Nobody added to Git what the cluster lacks, nor removed what it has besides. */
const IN_CLUSTER: ChangeWords = { added: "missing", removed: "not in Git", modified: "different" };

function driftFacts({ revision, sync, health, objects }: Drift): NonNullable<ApplicationFacts["drift"]> {
  const why = health.message === "" ? "" : ` (${prose(clip(health.message, NOTE_CHARS_MAX))})`;
  const state = `${sync}, ${health.status}${why}`;
  const { added, modified, removed } = countChanges(objects);
  const differences = [
    ...(added > 0 ? [`${added} missing`] : []),
    ...(modified > 0 ? [`${modified} different`] : []),
    ...(removed > 0 ? [`${removed} not in Git any more`] : []),
  ];
  const sentence =
    objects.length === 0
      ? `${state}: nothing differs from \`${short(revision)}\`.`
      : `${state}: compared with \`${short(revision)}\`, ${listInWords(differences)}. This is not this pull request's doing; below, \`-\` is the cluster and \`+\` is Git.`;
  return { sentence, blocks: byWeight(objects).map((diff) => blockOf(diff, IN_CLUSTER)) };
}

/** What hurts first, then what is short and telling, then whole objects. */
function byWeight(diffs: readonly ObjectDiff[]): readonly ObjectDiff[] {
  const weighed = diffs.map((diff) => ({
    diff,
    weight: (dangersOf(diff).length > 0 ? 0 : 2) + (diff.change === "modified" ? 0 : 1),
  }));
  return weighed.sort((a, b) => a.weight - b.weight).map(({ diff }) => diff);
}

function dangerLines(
  { dryRun, definition, onRemoval }: ApplicationPreview,
  diffs: readonly ObjectDiff[],
  name: string,
): readonly string[] {
  const of = `of ${codeSpan(name)}`;
  // Of an Application that is removed, what holds data goes only if that was approved.
  const endangered = definition === "removed" && onRemoval !== "deleteWithData" ? [] : diffs;
  const lines = endangered.flatMap((diff) =>
    dangersOf(diff).map((danger) => `${codeSpan(describeResource(diff.key))} ${of} ${prose(danger)}`),
  );
  if (definition === "removed")
    lines.push(
      `Application ${codeSpan(name)} is removed${onRemoval === "orphan" ? "" : ", and its objects with it"}`,
    );
  const rejected = dryRun?.kind === "ok" ? dryRun.value.rejected : [];
  return [
    ...rejected.map(
      ({ object, message }) =>
        `The API server rejects ${codeSpan(object)} ${of}: ${prose(clip(message, NOTE_CHARS_MAX))}`,
    ),
    ...lines,
  ];
}
