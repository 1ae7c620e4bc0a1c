import type { RenderOrder } from "../domain/renderer-protocol.ts";

/** Argo CD's build environment: what `$NAME` in some fields of a source stands for (argocd-behaviour §3.4). */
export interface BuildEnvironment {
  get(name: string): string | undefined;
  has(name: string): boolean;
  /** Whether anything was substituted that another commit, or another name for it, has another value for. */
  isRevisionUsed(): boolean;
}

const OF_THE_REVISION = /^ARGOCD_APP_(REVISION|SOURCE_TARGET_REVISION)/;

export function buildEnvironmentOf({ environment, source }: RenderOrder): BuildEnvironment {
  const { revision } = environment;
  let isRevisionUsed = false;
  const values = new Map([
    ["ARGOCD_APP_NAME", environment.instanceName],
    ["ARGOCD_APP_NAMESPACE", environment.namespace],
    ["ARGOCD_APP_PROJECT_NAME", environment.projectName],
    ["ARGOCD_APP_REVISION", revision],
    ["ARGOCD_APP_REVISION_SHORT", revision.slice(0, 7)],
    ["ARGOCD_APP_REVISION_SHORT_8", revision.slice(0, 8)],
    ["ARGOCD_APP_SOURCE_REPO_URL", source.repoURL],
    ["ARGOCD_APP_SOURCE_PATH", source.path],
    ["ARGOCD_APP_SOURCE_TARGET_REVISION", source.targetRevision],
  ]);
  return {
    get(name) {
      isRevisionUsed ||= OF_THE_REVISION.test(name);
      return values.get(name);
    },
    has: (name) => values.has(name),
    isRevisionUsed: () => isRevisionUsed,
  };
}

/**
 * Replaces `$NAME` and `${NAME}`; `$$` is a dollar sign, unknown names are empty. What is no name after a dollar sign is
 * left alone, except for a brace without its other half, which goes: Go's os.Expand, which Argo CD uses, does so.
 */
export function substituteEnvironment(text: string, environment: Pick<BuildEnvironment, "get">): string {
  return text.replace(/\$(?:\{([^}]*)\}|(\{)|([A-Za-z_][A-Za-z0-9_]*)|([*#$@!?\-0-9]))/g, (_, ...groups) => {
    const [braced, , plain, special] = groups as (string | undefined)[];
    const name = braced ?? plain ?? special ?? "";
    return name === "$" ? "$" : (environment.get(name) ?? "");
  });
}
