import { type Application, applicationId } from "../domain/application.ts";
import { compareText } from "../domain/compare-text.ts";
import type { Mask } from "../domain/displayable-manifest.ts";
import { diffManifests, type ObjectDiff } from "../domain/manifest-diff.ts";
import type { ApplicationPreview, Drift, DryRun, Outcome } from "../domain/preview.ts";
import type { Problem } from "../domain/problem.ts";
import { describeResource } from "../domain/resource-key.ts";
import { removalEffectOf } from "../domain/resources-finalizer.ts";
import type { Change, ChangedApplication, ObservedChange, ShownRender } from "./change.ts";
import type { RawDrift, RawDryRun } from "./live-preview.ts";
import { isTouched } from "./refused-applications.ts";

const NOT_DETERMINISTIC =
  "A template asked for the time or for randomness: a sync draws values of its own, not the ones shown here.";

/** Paths named as the cause; more would only repeat the pull request's list of files. */
const CAUSES_MAX = 5;

/** Masks what was observed of one Application and compares it object by object. */
export function describeChange(
  observed: ObservedChange,
  mask: Mask,
  changedPaths: Change["changedPaths"],
): ApplicationPreview {
  const { changed, application, head, drift, dryRun } = observed;
  const rendered = head?.kind === "ok" ? head.value : undefined;
  return {
    namespace: application.namespace,
    name: application.name,
    project: application.project,
    destination: destinationOf(application),
    definition: definitionOf(changed),
    onRemoval: removalEffectOf(application),
    because: causesOf(observed, changedPaths),
    effect: effectOf(observed, mask),
    ...(drift === undefined ? {} : { drift: shownDrift(drift, mask) }),
    ...(dryRun === undefined
      ? {}
      : {
          dryRun: dryRun.kind === "failed" ? dryRun : { kind: "ok", value: shownDryRun(dryRun.value, mask) },
        }),
    digest: rendered?.state.digest ?? "",
    previewOnly: application.previewOnly.map(({ field, consequence }) => `\`${field}\`: ${consequence}`),
    automated: application.syncPolicy.automated !== undefined,
    warnings: [
      ...baseFailures(observed),
      ...application.warnings.map(({ field, consequence }) => `\`${field}\`: ${consequence}`),
      ...(rendered?.state.warnings ?? []),
      ...(rendered?.state.isDeterministic === false ? [NOT_DETERMINISTIC] : []),
    ],
  };
}

function effectOf({ base, head, forbidden }: ObservedChange, mask: Mask): Outcome<readonly ObjectDiff[]> {
  if (head?.kind === "failed") return head;
  if (forbidden !== undefined) return { kind: "failed", problem: forbidden };
  // A base that does not render is not this pull request's doing: what the head brings is shown as new, and why is said.
  const before = base?.kind === "ok" ? base.value.state.manifests : [];
  const { before: from, after: to } = mask.sides({ before, after: head?.value.state.manifests ?? [] });
  return { kind: "ok", value: diffManifests(from, to) };
}

/** Without it, what has long been there would seem to be new, or what leaves to be nothing. */
function baseFailures({ base, head }: ObservedChange): readonly string[] {
  if (base?.kind !== "failed" || head?.kind === "failed") return [];
  const consequence =
    head === undefined ? "which objects leave Git is not known" : "everything is shown as added";
  return [`It cannot be rendered before this change, so ${consequence}: ${base.problem.title}.`];
}

function shownDrift(drift: Outcome<RawDrift>, mask: Mask): Outcome<Drift> {
  if (drift.kind === "failed") return drift;
  const { sides, ...rest } = drift.value;
  const { before, after } = mask.sides(sides);
  return { kind: "ok", value: { ...rest, objects: diffManifests(before, after) } };
}

/** A dry run with the server's words about Secrets masked. */
export function shownDryRun({ rejected, untried, ...rest }: RawDryRun, mask: Mask): DryRun {
  return {
    ...rest,
    rejected: rejected.map(({ key, message }) => ({
      object: describeResource(key),
      message: mask.textAbout(key, message),
    })),
    untried: untried.map(describeResource),
  };
}

/** What a later command is bound to: no render of one that is removed, nothing for one that did not render. */
export function shownOf(
  { head }: ObservedChange,
  preview: ApplicationPreview | undefined,
): readonly (readonly [string, ShownRender])[] {
  if (preview?.definition === "removed") return [[applicationId(preview), NOT_RENDERED]];
  if (head?.kind !== "ok" || preview === undefined) return [];
  const guardDigest = preview.dryRun?.kind === "ok" ? preview.dryRun.value.guardDigest : "";
  return [
    [applicationId(preview), { digest: head.value.state.digest, inputKey: head.value.inputKey, guardDigest }],
  ];
}

const NOT_RENDERED: ShownRender = { digest: "", inputKey: "", guardDigest: "" };

/**
 * Whether neither the definition nor anything that either side read has changed: then it is not affected after all. Nor
 * is one that was never rendered and fails alike on both sides, where no changed path is its own: that is nobody's doing
 * here.
 */
export function isUntouched(
  { changed, application, base, head }: ObservedChange,
  changedPaths: Change["changedPaths"],
): boolean {
  if (definitionOf(changed) !== "kept" || base === undefined || head === undefined) return false;
  if (base.kind === "ok") return head.kind === "ok" && base.value.inputKey === head.value.inputKey;
  if (changed.isGuess !== true || head.kind === "ok" || !isSameFailure(base.problem, head.problem))
    return false;
  const paths = [...changedPaths.values()].flat();
  return application.sources.every((source) => !isTouched(source, paths));
}

/** What may pass by itself tells nothing of what either side reads. */
function isSameFailure(before: Problem, after: Problem): boolean {
  return !after.retryable && before.reason === after.reason && before.title === after.title;
}

/** Which of the changed paths the Application reads, on either side. */
function causesOf({ base, head }: ObservedChange, changedPaths: Change["changedPaths"]): readonly string[] {
  const sources = [base, head].flatMap((side) => (side?.kind === "ok" ? side.value.sources : []));
  const causes = sources.flatMap(({ mounts, readSet }) => {
    const changed = mounts.map(({ repository }) => new Set(changedPaths.get(repository)));
    return readSet.filter(({ mount, path }) => changed[mount]?.has(path)).map(({ path }) => path);
  });
  return [...new Set(causes)].sort(compareText).slice(0, CAUSES_MAX);
}

function definitionOf({ base, head }: ChangedApplication): ApplicationPreview["definition"] {
  if (base === undefined) return "added";
  if (head === undefined) return "removed";
  return JSON.stringify(base.application) === JSON.stringify(head.application) ? "kept" : "modified";
}

function destinationOf({ destination: { server, name, namespace } }: Application): string {
  const cluster = name === "" ? server : name;
  return namespace === "" ? cluster : `${cluster} / ${namespace}`;
}
