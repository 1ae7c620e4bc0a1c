import type { Application } from "./application.ts";
import { excludedKinds, type KindFilters } from "./excluded-kinds.ts";
import { isBlank } from "./field-comparison.ts";
import { flattenLists, type TargetDocument } from "./flatten-lists.ts";
import { isAggregatedRole } from "./ignore-differences.ts";
import { isJsonObject, type JsonObject, stringAt, valueAt } from "./json.ts";
import { type ScopeOf, withDefinedKinds } from "./kind-scopes.ts";
import { manifestOf, type TargetManifest, withMetadata } from "./manifest.ts";
import type { PlanProblem } from "./plan-problems.ts";
import { describeResource, formatResourceKey, type GroupKind } from "./resource-key.ts";
import { isSecret, withStringDataEncoded } from "./secret-data.ts";
import { TRACKING_ANNOTATION, withTracking } from "./tracking.ts";

export interface CompletionInput {
  readonly application: Pick<Application, "instanceName" | "destination">;
  /** What the sources rendered to, in the order of the sources. */
  readonly documents: readonly TargetDocument[];
  readonly scopeOf: ScopeOf;
  /** Kinds the operator excludes. `server` is the destination's, resolved. */
  readonly excluded: KindFilters & { readonly server: string };
}

export interface CompletedTargets {
  /** One a key, in the order rendered; hooks without a name (`generateName`) are all kept. */
  readonly manifests: readonly TargetManifest[];
  readonly warnings: readonly string[];
  /** Any of them stops the sync as a whole. */
  readonly problems: readonly PlanProblem[];
}

/**
 * Makes of rendered documents what the cluster is to hold (argocd-behaviour §3.8): lists are flattened, every object
 * is put into its namespace and marked as the Application's, and of several with one key the last counts.
 *
 * A manifest's digest stands for the document's text and for where it was put.
 */
export function completeTargets(input: CompletionInput): CompletedTargets {
  const documents = flattenLists(input.documents);
  const scopeOf = withDefinedKinds(
    input.scopeOf,
    documents.map(({ object }) => object),
  );
  const isExcluded = excludedKinds(input.excluded.server, input.excluded);
  const manifests = new Map<string, TargetManifest>();
  const warnings: string[] = [];
  const problems: PlanProblem[] = [];
  for (const [index, document] of documents.entries()) {
    const result = completeOne(document, { ...input, scopeOf, isExcluded });
    warnings.push(...result.warnings);
    if (result.problem !== undefined) problems.push(result.problem);
    if (result.manifest === undefined) continue;
    const { key } = result.manifest;
    const id = key.name === "" ? `generated ${index}` : formatResourceKey(key);
    if (manifests.delete(id)) {
      warnings.push(`${describeResource(key)} is rendered more than once: the last one counts.`);
    }
    manifests.set(id, result.manifest);
  }
  return { manifests: [...manifests.values()], warnings: [...new Set(warnings)], problems };
}

interface Completed {
  readonly manifest?: TargetManifest;
  readonly warnings: readonly string[];
  readonly problem?: PlanProblem;
}

interface Completion extends CompletionInput {
  readonly isExcluded: (kind: GroupKind) => boolean;
}

function completeOne({ object, digest }: TargetDocument, input: Completion): Completed {
  const { application, scopeOf, isExcluded } = input;
  const key = manifestOf(object).key;
  const unusable = whyUnusable(object);
  if (unusable !== undefined) return { warnings: [], problem: { kind: "InvalidObject", message: unusable } };
  if (isExcluded(key)) {
    return { warnings: [`${describeResource(key)} is of an excluded kind and left out.`] };
  }

  const isClusterScoped = scopeOf(key) === "Cluster";
  const destination = application.destination.namespace;
  const ownNamespace = key.namespace === "" ? destination : key.namespace;
  const namespace = isClusterScoped ? undefined : ownNamespace;
  if (namespace === "") {
    const message = `${describeResource(key)} has no namespace, and neither has the Application's destination.`;
    return { warnings: [], problem: { kind: "MissingNamespace", message } };
  }

  const warnings = foreignMetadata(object, application.instanceName);
  const placed = withMetadata(withoutServerFields(object), { namespace, ownerReferences: undefined });
  const encoded = isSecret(key) ? withStringDataEncoded(placed) : placed;
  const manifest = {
    ...manifestOf(withoutBlankRules(encoded)),
    // Of a cluster-scoped object the destination's namespace is in the tracking id.
    digest: `${digest}@${namespace ?? `/${destination}`}#${application.instanceName}`,
  };
  return {
    manifest: withTracking(manifest, { instanceName: application.instanceName, namespace: destination }),
    warnings,
  };
}

function whyUnusable(object: JsonObject): string | undefined {
  const { key, apiVersion } = manifestOf(object);
  if (apiVersion === "") return `An object of kind ${key.kind || "(none)"} has no apiVersion.`;
  if (key.kind === "") return `An object of ${apiVersion} has no kind.`;
  const generateName = stringAt(object, "metadata", "generateName") ?? "";
  const isHook =
    valueAt(object, "metadata", "annotations", "argocd.argoproj.io/hook") !== undefined ||
    valueAt(object, "metadata", "annotations", "helm.sh/hook") !== undefined;
  if (key.name === "" && !(isHook && generateName !== "")) {
    const hint = generateName === "" ? "" : "; only hooks may have a generateName instead";
    return `An object of kind ${key.kind} has no metadata.name${hint}.`;
  }
  return undefined;
}

/** What only an API server writes; sent back to it, it would be refused or ignored. */
function withoutServerFields(object: JsonObject): JsonObject {
  return withMetadata(object, {
    creationTimestamp: undefined,
    generation: undefined,
    managedFields: undefined,
    resourceVersion: undefined,
    selfLink: undefined,
    uid: undefined,
  });
}

/** `rules: []` of an aggregated ClusterRole: applied, it would take everybody's rights away until its controller is back. */
function withoutBlankRules(object: JsonObject): JsonObject {
  const { rules, ...others } = object;
  if (rules === undefined || !isBlank(rules)) return object;
  return isAggregatedRole(manifestOf(object)) ? others : object;
}

/** T156, T159: what a manifest may not decide about itself is replaced, and said. */
function foreignMetadata(object: JsonObject, instanceName: string): readonly string[] {
  const { key } = manifestOf(object);
  const warnings: string[] = [];
  if (isJsonObject(valueAt(object, "metadata", "ownerReferences", "0"))) {
    warnings.push(
      `${describeResource(key)} names owners in Git: they are left out, or the cluster could delete it.`,
    );
  }
  const tracking = stringAt(object, "metadata", "annotations", TRACKING_ANNOTATION);
  if (tracking !== undefined && !tracking.startsWith(`${instanceName}:`)) {
    warnings.push(
      `${describeResource(key)} carries another Application's tracking id in Git: it is replaced.`,
    );
  }
  return warnings;
}
