import type { KustomizeSource } from "../domain/application.ts";
import { parseKustomizeOptions } from "../domain/kustomize-options.ts";
import type { KustomizeRequest } from "./engine-types.ts";
import { failure, RenderFailed } from "./failure.ts";
import { type PathScope, throwProblem } from "./resolve-path.ts";
import { substituteEnvironment } from "./substitute-environment.ts";

/** What Argo CD runs as `kustomize edit …`, in its order, before `kustomize build` (argocd-behaviour §3.6). */
export function kustomizeRequestOf(scope: PathScope, kustomize: KustomizeSource): KustomizeRequest {
  const options = parseKustomizeOptions(scope.order.settings.kustomizeBuildOptions);
  return {
    path: scope.directory,
    edits: [
      ...whenText(kustomize.namePrefix, (prefix) => ["set", "nameprefix", "--", prefix]),
      ...whenText(kustomize.nameSuffix, (suffix) => ["set", "namesuffix", "--", suffix]),
      ...whenAny(imagesOf(scope, kustomize), (images) => ["set", "image", ...images]),
      ...whenAny(replicasOf(scope, kustomize), (replicas) => ["set", "replicas", ...replicas]),
      ...whenAny(labelsOf(scope, kustomize), (labels) => [
        "add",
        "label",
        ...labelFlags(kustomize),
        ...labels,
      ]),
      ...whenAny(annotationsOf(scope, kustomize), (annotations) => [
        "add",
        "annotation",
        ...flag("--force", kustomize.forceCommonAnnotations),
        ...annotations,
      ]),
      ...whenText(kustomize.namespace, (namespace) => ["set", "namespace", "--", namespace]),
    ],
    patches: kustomize.patches ?? [],
    components: componentsOf(scope, kustomize),
    unrestricted: options.isUnrestricted,
    reorder: options.reorder,
    managedByLabel: options.hasManagedByLabel,
  };
}

function imagesOf({ environment }: PathScope, { images }: KustomizeSource): readonly string[] {
  return (images ?? []).map((image) => substituteEnvironment(image, environment));
}

function replicasOf(scope: PathScope, { replicas }: KustomizeSource): readonly string[] {
  return (replicas ?? []).map(({ name, count }) => {
    if (/^[0-9]+$/.test(`${count}`)) return `${name}=${count}`;
    throw new RenderFailed(
      failure("SourceInvalid", {
        path: scope.order.source.path,
        problem: `the count of \`kustomize.replicas\` for \`${name}\` is not a whole number`,
      }),
    );
  });
}

function labelsOf({ environment }: PathScope, { commonLabels }: KustomizeSource): readonly string[] {
  return pairs(commonLabels, (value) => substituteEnvironment(value, environment));
}

function labelFlags(kustomize: KustomizeSource): readonly string[] {
  return [
    ...flag("--force", kustomize.forceCommonLabels),
    ...flag("--without-selector", kustomize.labelWithoutSelector),
    ...flag("--include-templates", kustomize.labelIncludeTemplates),
  ];
}

function annotationsOf(
  { environment }: PathScope,
  { commonAnnotations, commonAnnotationsEnvsubst }: KustomizeSource,
): readonly string[] {
  const isSubstituted = commonAnnotationsEnvsubst === true;
  return pairs(commonAnnotations, (value) =>
    isSubstituted ? substituteEnvironment(value, environment) : value,
  );
}

function componentsOf(scope: PathScope, kustomize: KustomizeSource): readonly string[] {
  const components = kustomize.components ?? [];
  if (kustomize.ignoreMissingComponents !== true) return components;
  const present = components.filter(
    (component) => scope.tree.resolve(`${scope.directory}/${component}`, "all links").kind === "directory",
  );
  throwProblem(scope);
  return present;
}

function pairs(
  texts: Readonly<Record<string, string>> | undefined,
  change: (value: string) => string,
): readonly string[] {
  return Object.entries(texts ?? {}).map(([name, value]) => `${name}:${change(value)}`);
}

function whenText(
  text: string | undefined,
  make: (text: string) => readonly string[],
): readonly (readonly string[])[] {
  return text === undefined || text === "" ? [] : [make(text)];
}

function whenAny(
  texts: readonly string[],
  make: (texts: readonly string[]) => readonly string[],
): readonly (readonly string[])[] {
  return texts.length === 0 ? [] : [make(texts)];
}

function flag(name: string, isSet: boolean | undefined): readonly string[] {
  return isSet === true ? [name] : [];
}
