/** The demo's control plane: file → text. `worker` waits for `/sync`; the others are synced by themselves. */
export function demoControlPlane(repositoryUrl: string, namespace: string): Readonly<Record<string, string>> {
  const automated = "automated: { prune: true, selfHeal: true }";
  return {
    "web.yaml": application({ name: "web", path: "charts/web", policy: automated }, repositoryUrl, namespace),
    "api.yaml": application(
      { name: "api", path: "kustomize/production", policy: automated },
      repositoryUrl,
      namespace,
    ),
    "worker.yaml": application(
      { name: "worker", path: "plain/worker", policy: "" },
      repositoryUrl,
      namespace,
    ),
  };
}

/** Names of the Applications, by how they are synced. */
export const DEMO_APPLICATIONS = { automated: ["api", "web"], manual: ["worker"] } as const;

interface DemoApplication {
  readonly name: string;
  readonly path: string;
  readonly policy: string;
}

function application(
  { name, path, policy }: DemoApplication,
  repositoryUrl: string,
  namespace: string,
): string {
  return `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: ${name}
  namespace: argocd
spec:
  project: default
  source:
    repoURL: ${repositoryUrl}
    path: ${path}
    targetRevision: main
  destination:
    server: https://kubernetes.default.svc
    namespace: ${namespace}
  syncPolicy:
    syncOptions: [CreateNamespace=true]
${policy === "" ? "" : `    ${policy}\n`}`;
}
