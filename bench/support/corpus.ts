/** Path → content, as the GitHub double and Git take them. */
export type Tree = Record<string, string>;

/** A chart as small as most are: Deployment, Service, ConfigMap and ServiceAccount. No two are equal. */
export function chart(folder: string, name: string): Tree {
  return {
    [`${folder}/Chart.yaml`]: `apiVersion: v2\nname: ${name}\nversion: 0.1.0\nappVersion: "1.0"\n`,
    [`${folder}/values.yaml`]: chartValues(name, "one"),
    [`${folder}/templates/_helpers.tpl`]: `{{- define "labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
`,
    [`${folder}/templates/deployment.yaml`]: `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
  labels: {{- include "labels" . | nindent 4 }}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: {{ .Release.Name }}}}
  template:
    metadata: {labels: {app: {{ .Release.Name }}}}
    spec:
      serviceAccountName: {{ .Release.Name }}
      containers:
        - name: web
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
          {{- with .Values.resources }}
          resources: {{- toYaml . | nindent 12 }}
          {{- end }}
`,
    [`${folder}/templates/others.yaml`]: `apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}
  labels: {{- include "labels" . | nindent 4 }}
spec: {selector: {app: {{ .Release.Name }}}, ports: [{port: 80}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}}
data: {greeting: {{ .Values.greeting | quote }}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: {{ .Release.Name }}}
`,
  };
}

export function chartValues(name: string, greeting: string): string {
  return `replicas: 1
greeting: ${greeting}
image: {repository: registry.example/${name}, tag: ""}
resources: {requests: {cpu: 10m, memory: 16Mi}}
`;
}

/** A base as small as most are. */
export function base(folder: string, name: string): Tree {
  return {
    [`${folder}/kustomization.yaml`]: `resources: [deployment.yaml, service.yaml]
namePrefix: ${name}-
labels: [{pairs: {team: ${name}}}]
images: [{name: web, newTag: "2"}]
configMapGenerator: [{name: settings, literals: [name=${name}]}]
`,
    [`${folder}/deployment.yaml`]: `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "web:1", envFrom: [{configMapRef: {name: settings}}]}]}
`,
    [`${folder}/service.yaml`]: `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
`,
  };
}

export function configMap(name: string, wave?: number): string {
  const annotations = wave === undefined ? "" : `\n  annotations: {argocd.argoproj.io/sync-wave: "${wave}"}`;
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}${annotations}\ndata: {value: "one"}\n`;
}

/** `app-0007`. */
export function nameOf(index: number, prefix = "app"): string {
  return `${prefix}-${String(index).padStart(4, "0")}`;
}

export interface BenchApplication {
  readonly name: string;
  readonly path: string;
  readonly namespace: string;
  readonly repoURL: string;
}

/** An Application that syncs by itself. */
export function application({ name, path, namespace, repoURL }: BenchApplication): string {
  return `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: ${name}, namespace: argocd}
spec:
  project: default
  source: {repoURL: "${repoURL}", path: ${path}, targetRevision: main}
  destination: {server: "https://kubernetes.default.svc", namespace: ${namespace}}
  syncPolicy:
    automated: {prune: true, selfHeal: true}
    syncOptions: [CreateNamespace=true]
`;
}
