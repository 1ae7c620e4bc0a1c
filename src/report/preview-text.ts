import type { JsonObject, JsonValue } from "../domain/json.ts";
import { stringifyJson } from "../domain/json.ts";
import type { ObjectDiff } from "../domain/manifest-diff.ts";
import type { ApplicationPreview, Drift, DryRun, Outcome, Preview } from "../domain/preview.ts";
import { describeResource } from "../domain/resource-key.ts";
import { withheldInWords } from "./dry-run-facts.ts";
import { plainText, visible, visibleLine } from "./markdown.ts";
import { allLines, blockOf } from "./object-block.ts";
import { verdict } from "./verdict.ts";
import { changesInWords, changesOf, nameIn, totalChanges } from "./words.ts";

/** The preview for a terminal: everything, without colours, and nothing in it that a terminal would obey. */
export function previewText(preview: Preview): string {
  return [...textLines(preview)].join("\n");
}

/**
 * The preview for scripts, pretty-printed JSON: `{verdict, base, head, changes, applications: [{namespace, name, …,
 * changes, objects: [{change, group, kind, namespace, name, fields | object}], drift?, dryRun?, problem?}], problem?,
 * warnings}`. Secret values are labels here too.
 */
export function previewJson(preview: Preview): string {
  const { base, headSha, applications, applicationsConsidered, problem, warnings } = preview;
  return stringifyJson(
    {
      verdict: verdict(preview),
      base: { ...base },
      head: headSha,
      changes: { ...totalChanges(preview) },
      applicationsConsidered,
      applications: applications.map(applicationJson),
      ...(problem === undefined ? {} : { problem: { ...problem } }),
      warnings: warnings.map((warning) => ({ ...warning })),
    },
    2,
  );
}

function* textLines(preview: Preview): Generator<string> {
  const { problem, applications, warnings } = preview;
  yield verdict(preview);
  if (problem !== undefined) yield* [plainText(problem.title), ...indented(problem.remedy)];
  const nameOf = nameIn(applications);
  for (const application of applications) {
    yield "";
    yield* applicationLines(application, visible(nameOf(application)));
  }
  if (warnings.length > 0) yield "";
  for (const { title } of warnings) yield `warning: ${plainText(title)}`;
}

function* applicationLines(application: ApplicationPreview, name: string): Generator<string> {
  const { effect, drift, dryRun, previewOnly, warnings } = application;
  const definition = application.definition === "kept" ? "" : ` (Application ${application.definition})`;
  if (effect.kind === "failed") yield* [`${name}${definition}:`, ...problemLines(effect)];
  else {
    yield `${name}${definition}: ${changesInWords(changesOf(application))}`;
    yield* diffLines(effect.value);
  }
  for (const reason of previewOnly) yield `  previewed only: ${plainText(reason)}`;
  for (const warning of warnings) yield `  warning: ${plainText(warning)}`;
  if (drift?.kind === "failed") yield* ["  the cluster could not be asked:", ...problemLines(drift)];
  if (drift?.kind === "ok") {
    const { sync, health, objects } = drift.value;
    const state = `${sync}, ${health.status}`;
    yield `  what the cluster already differs in: ${objects.length === 0 ? `nothing (${state})` : state}`;
    yield* diffLines(drift.value.objects);
  }
  if (dryRun?.kind === "failed") yield* ["  a sync could not be tried:", ...problemLines(dryRun)];
  if (dryRun?.kind === "ok") yield* dryRunLines(dryRun.value);
}

function* dryRunLines(dryRun: DryRun): Generator<string> {
  const lines = [...tryLines(dryRun)];
  yield `  what a sync would do:${lines.length === 0 ? " nothing" : ""}`;
  yield* lines;
}

function* tryLines(dryRun: DryRun): Generator<string> {
  for (const { object, message } of dryRun.rejected)
    yield `    rejected ${visible(object)}: ${plainText(message)}`;
  for (const task of dryRun.tasks) {
    if (task.reason === "InSync") continue;
    const why = task.reason === undefined ? "" : `: ${plainText(withheldInWords(task.reason))}`;
    yield `    ${task.action} ${visible(describeResource(task))}${why}`;
  }
  for (const object of dryRun.untried) yield `    cannot be tried yet: ${visible(object)}`;
  if (dryRun.guardDigest !== "")
    yield `    to confirm what is held back: --confirm ${visible(dryRun.guardDigest)}`;
}

function* diffLines(diffs: readonly ObjectDiff[]): Generator<string> {
  for (const diff of diffs) {
    yield `  ${diff.change} ${visible(describeResource(diff.key))}`;
    for (const line of allLines(blockOf(diff))) yield `    ${line}`;
  }
}

function problemLines({ problem }: Extract<Outcome<unknown>, { kind: "failed" }>): readonly string[] {
  return [`  ${plainText(problem.title)}`, ...indented(problem.remedy)];
}

function indented(text: string): readonly string[] {
  return text.split(/\r?\n/).map((line) => `  ${visibleLine(line)}`.trimEnd());
}

function applicationJson(application: ApplicationPreview): JsonObject {
  const { effect, drift, dryRun, because, previewOnly, warnings, ...rest } = application;
  return {
    ...rest,
    because: [...because],
    previewOnly: [...previewOnly],
    warnings: [...warnings],
    ...(effect.kind === "ok"
      ? { changes: { ...changesOf(application) }, objects: effect.value.map(diffJson) }
      : { problem: { ...effect.problem } }),
    ...(drift === undefined ? {} : { drift: outcomeJson(drift, driftJson) }),
    ...(dryRun === undefined ? {} : { dryRun: outcomeJson(dryRun, dryRunJson) }),
  };
}

function outcomeJson<T>(outcome: Outcome<T>, toJson: (value: T) => JsonObject): JsonObject {
  return outcome.kind === "ok" ? toJson(outcome.value) : { problem: { ...outcome.problem } };
}

function driftJson({ revision, sync, health, objects }: Drift): JsonObject {
  return { revision, sync, health: { ...health }, objects: objects.map(diffJson) };
}

function dryRunJson({ tasks, guardDigest, rejected, untried }: DryRun): JsonObject {
  return {
    tasks: tasks.map((task): JsonObject => ({ ...task })),
    guardDigest,
    rejected: rejected.map((one) => ({ ...one })),
    untried: [...untried],
  };
}

function diffJson(diff: ObjectDiff): JsonObject {
  const { change, key } = diff;
  const identity = { change, group: key.group, kind: key.kind, namespace: key.namespace, name: key.name };
  switch (diff.change) {
    case "added":
      return { ...identity, object: diff.after.object };
    case "removed":
      return { ...identity, object: diff.before.object };
    case "modified":
      return { ...identity, fields: diff.fields.map((field): JsonObject => fieldJson(field)) };
  }
}

function fieldJson(field: Extract<ObjectDiff, { change: "modified" }>["fields"][number]): JsonObject {
  if (field.kind !== "text") return { ...field } satisfies Readonly<Record<string, JsonValue>>;
  return { ...field, hunks: field.hunks.map((hunk) => ({ ...hunk, lines: [...hunk.lines] })) };
}
