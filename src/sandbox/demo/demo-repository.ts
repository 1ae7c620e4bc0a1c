/** The files of the demo's repository: one Application each by Helm, by Kustomize and as plain YAML. */
export function demoFiles(): Readonly<Record<string, string>> {
  return {
    ...chart(),
    ...kustomization(),
    ...plain(),
    "README.md": "# shop\n\nWhat Plumbline's demo delivers.\n",
  };
}

/** The change of the demo's pull request: something in all three. */
export function demoChange(): Readonly<Record<string, string>> {
  return {
    "charts/web/values.yaml": values({ replicas: 3, greeting: "Hello, pull request" }),
    "kustomize/production/kustomization.yaml": production("1.28"),
    "plain/worker/config.yaml": workerConfig("debug"),
  };
}

/** A further push to the same pull request; every one differs from the one before. */
export function demoPush(count: number): Readonly<Record<string, string>> {
  return {
    ...demoMend(),
    "charts/web/values.yaml": values({ replicas: 3, greeting: `Hello, push ${count}` }),
  };
}

/** A push that nobody meant: the chart does not render any more. */
export function demoBreak(): Readonly<Record<string, string>> {
  return {
    "charts/web/templates/config.yaml":
      chart()["charts/web/templates/config.yaml"]?.replace("| quote", "| quot") ?? "",
  };
}

/** A further push mends it again. */
function demoMend(): Readonly<Record<string, string>> {
  return { "charts/web/templates/config.yaml": chart()["charts/web/templates/config.yaml"] ?? "" };
}

/** The change of a further pull request. */
export function demoAnotherChange(count: number): Readonly<Record<string, string>> {
  return { "kustomize/production/kustomization.yaml": production(`1.29-${count}`) };
}

function chart(): Readonly<Record<string, string>> {
  return {
    "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\n",
    "charts/web/values.yaml": values({ replicas: 2, greeting: "Hello" }),
    "charts/web/templates/deployment.yaml": `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  replicas: {{ .Values.replicas }}
  selector:
    matchLabels: { app: {{ .Release.Name }} }
  template:
    metadata:
      labels: { app: {{ .Release.Name }} }
      annotations:
        checksum/config: {{ include (print $.Template.BasePath "/config.yaml") . | sha256sum }}
    spec:
      containers:
        - name: web
          image: "registry.example/web:{{ .Values.tag }}"
          ports: [{ name: http, containerPort: 8080 }]
`,
    "charts/web/templates/service.yaml": `apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}
spec:
  selector: { app: {{ .Release.Name }} }
  ports: [{ name: http, port: 80, targetPort: http }]
`,
    "charts/web/templates/config.yaml": `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-config
data:
  greeting: {{ .Values.greeting | quote }}
`,
  };
}

function values({ replicas, greeting }: { readonly replicas: number; readonly greeting: string }): string {
  return `replicas: ${replicas}\ntag: "1.0"\ngreeting: ${greeting}\n`;
}

function kustomization(): Readonly<Record<string, string>> {
  return {
    "kustomize/base/kustomization.yaml": "resources: [deployment.yaml, secret.yaml]\n",
    "kustomize/base/deployment.yaml": `apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  replicas: 1
  selector:
    matchLabels: { app: api }
  template:
    metadata:
      labels: { app: api }
    spec:
      containers:
        - name: api
          image: registry.example/api
          envFrom: [{ secretRef: { name: api } }]
`,
    "kustomize/base/secret.yaml": `apiVersion: v1
kind: Secret
metadata:
  name: api
stringData:
  password: not-a-real-one
`,
    "kustomize/production/kustomization.yaml": production("1.27"),
  };
}

function production(tag: string): string {
  return `resources: [../base]
images:
  - name: registry.example/api
    newTag: "${tag}"
replicas:
  - name: api
    count: 2
`;
}

function plain(): Readonly<Record<string, string>> {
  return {
    "plain/worker/config.yaml": workerConfig("info"),
    "plain/worker/deployment.yaml": `apiVersion: apps/v1
kind: Deployment
metadata:
  name: worker
spec:
  replicas: 1
  selector:
    matchLabels: { app: worker }
  template:
    metadata:
      labels: { app: worker }
    spec:
      containers:
        - name: worker
          image: registry.example/worker:7
`,
  };
}

function workerConfig(level: string): string {
  return `apiVersion: v1
kind: ConfigMap
metadata:
  name: worker
data:
  log-level: ${level}
`;
}
