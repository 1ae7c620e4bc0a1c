import type { HelmParameter, HelmSource } from "../domain/application.ts";
import { type JsonObject, stringifyJson } from "../domain/json.ts";
import type { HelmRequest } from "./engine-types.ts";
import { type PathScope, resolveFile, resolveValueFiles } from "./resolve-path.ts";
import { substituteEnvironment } from "./substitute-environment.ts";

/** What Argo CD's `helm template` command line says (argocd-behaviour §3.5). */
export function helmRequestOf(scope: PathScope, helm: HelmSource): HelmRequest {
  const { environment, capabilities } = scope.order;
  const parameters = withoutRepeats(helm.parameters ?? []);
  return {
    chart: scope.directory,
    releaseName: helm.releaseName || environment.applicationName,
    namespace: helm.namespace || environment.namespace,
    kubeVersion: withoutSuffix(helm.kubeVersion || capabilities.kubeVersion),
    apiVersions: helm.apiVersions?.length ? helm.apiVersions : capabilities.apiVersions,
    valueFiles: resolveValueFiles(
      scope,
      helm.valueFiles ?? [],
      helm.ignoreMissingValueFiles === true ? "ignore missing" : "refuse missing",
    ),
    values: inlineValues(helm),
    set: parameters.filter(({ forceString }) => !forceString).map((parameter) => setting(scope, parameter)),
    setString: parameters
      .filter(({ forceString }) => forceString)
      .map((parameter) => setting(scope, parameter)),
    setFile: (helm.fileParameters ?? []).map(
      ({ name, path }) => `${name}=${escapeCommas(resolveFile(scope, path))}`,
    ),
    skipCrds: helm.skipCrds === true,
    skipTests: helm.skipTests === true,
    skipSchemaValidation: helm.skipSchemaValidation === true,
  };
}

/** `valuesObject` wins, an empty one too; JSON is YAML. */
function inlineValues({ values, valuesObject }: HelmSource): string {
  return valuesObject === undefined ? (values ?? "") : stringifyJson(valuesObject satisfies JsonObject);
}

/** `v1.27.3-eks-1` → `1.27.3`; what is no version is left to Helm to refuse. */
function withoutSuffix(version: string): string {
  const [, major, minor, patch] = /^v?(\d+)\.(\d+)(?:\.(\d+))?(?:[-+].*)?$/.exec(version) ?? [];
  return major === undefined ? version : `${major}.${minor}.${patch ?? "0"}`;
}

function setting({ environment }: PathScope, { name, value }: HelmParameter): string {
  return `${name}=${escapeCommas(substituteEnvironment(value ?? "", environment))}`;
}

/** A parameter that is given twice has its last value, at its first place. */
function withoutRepeats(parameters: readonly HelmParameter[]): readonly HelmParameter[] {
  return [...new Map(parameters.map((parameter) => [parameter.name, parameter])).values()];
}

/** Helm's `--set` splits at commas: they are escaped unless they are already, or the value is a `{…}` list. */
export function escapeCommas(value: string): string {
  if (value.startsWith("{") && value.endsWith("}")) return value;
  return value.replace(/(?<!\\),/g, "\\,");
}
