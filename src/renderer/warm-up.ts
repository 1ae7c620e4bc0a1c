import { createHash } from "node:crypto";
import type { ApplicationSource } from "../domain/application.ts";
import { DEFAULT_SETTINGS } from "../domain/control-plane-settings.ts";
import type { RenderOrder } from "../domain/renderer-protocol.ts";
import type { StoredObject } from "./object-store.ts";

/** Under this name no repository of the controller's can be. */
export const WARM_UP_REPOSITORY = "plumbline:warm-up";

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {app: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - {name: web, image: "web:1", ports: [{containerPort: 80}]}
`;

const SERVICE = `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
`;

/** A small chart and a small base that pass through what most charts and bases pass through. */
const FILES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  chart: {
    "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\nappVersion: '1'\n",
    "values.yaml": "replicas: 2\nimage: {repository: web, tag: ''}\nservice: {port: 80}\nresources: {}\n",
    "values.schema.json": `{"type": "object", "properties": {"replicas": {"type": "integer"}}}`,
    "templates/_helpers.tpl": `{{- define "web.name" -}}{{ .Release.Name | trunc 63 | trimSuffix "-" }}{{- end }}
{{- define "web.labels" -}}
app: {{ include "web.name" . }}
chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | quote }}
{{- end }}
`,
    "templates/deployment.yaml": `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "web.name" . }}
  labels: {{- include "web.labels" . | nindent 4 }}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: {{ include "web.name" . }}}}
  template:
    metadata: {labels: {app: {{ include "web.name" . }}}}
    spec:
      containers:
        - name: web
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
          {{- with .Values.resources }}
          resources: {{- toYaml . | nindent 12 }}
          {{- end }}
`,
    "templates/service.yaml": `{{- if .Values.service }}
apiVersion: v1
kind: Service
metadata: {name: {{ include "web.name" . }}}
spec: {selector: {app: web}, ports: [{port: {{ .Values.service.port }}}]}
{{- end }}
`,
  },
  base: {
    "kustomization.yaml": `resources: [deployment.yaml, service.yaml]
namePrefix: warm-
labels: [{pairs: {team: web}}]
images: [{name: web, newTag: "2"}]
configMapGenerator: [{name: settings, literals: [a=1]}]
patches: [{patch: '{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {"replicas": 3}}'}]
`,
    "deployment.yaml": DEPLOYMENT,
    "service.yaml": SERVICE,
  },
  plain: { "all.yaml": `${DEPLOYMENT}---\n${SERVICE}` },
};

/** How often each is rendered: compiled code is good after some twenty calls and belongs to the whole process. */
const ROUNDS: Readonly<Record<string, number>> = { chart: 20, base: 12, plain: 3 };

export interface WarmUp {
  readonly objects: readonly StoredObject[];
  /** In turn, so that an early request of either kind finds something compiled. */
  readonly orders: readonly RenderOrder[];
}

export function createWarmUp(): WarmUp {
  const objects: StoredObject[] = [];
  const tree = addTree(
    objects,
    Object.fromEntries(Object.entries(FILES).map(([name, files]) => [name, nest(files)])),
  );
  const longest = Math.max(...Object.values(ROUNDS));
  const orders = Array.from({ length: longest }, (_, round) =>
    Object.entries(ROUNDS)
      .filter(([, rounds]) => round < rounds)
      .map(([path]) => orderFor(path, tree)),
  );
  return { objects, orders: orders.flat() };
}

function orderFor(path: string, tree: string): RenderOrder {
  const source: ApplicationSource = { repoURL: "", path, chart: "", targetRevision: "", ref: "", name: "" };
  return {
    trust: "synced",
    mounts: [{ name: "", repository: WARM_UP_REPOSITORY, tree }],
    source,
    environment: {
      applicationName: "web",
      instanceName: "web",
      projectName: "default",
      namespace: "web",
      revision: "",
    },
    capabilities: { kubeVersion: "", apiVersions: [] },
    settings: DEFAULT_SETTINGS,
    seed: "",
    clockMs: 0,
    text: "none",
  };
}

interface Folder {
  readonly [name: string]: string | Folder;
}

/** Paths with at most one folder in them. */
function nest(files: Readonly<Record<string, string>>): Folder {
  const folder: Record<string, string | Record<string, string>> = {};
  for (const [path, text] of Object.entries(files)) {
    const [first = "", second] = path.split("/");
    const inner = folder[first];
    if (second === undefined) folder[first] = text;
    else folder[first] = { ...(typeof inner === "object" ? inner : {}), [second]: text };
  }
  return folder;
}

function addTree(objects: StoredObject[], folder: Folder): string {
  const sortKey = (name: string) => (typeof folder[name] === "string" ? name : `${name}/`);
  const names = Object.keys(folder).sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  const entries = names.flatMap((name) => {
    const content = folder[name] ?? "";
    const isFile = typeof content === "string";
    const oid = isFile ? add(objects, "blob", Buffer.from(content)) : addTree(objects, content);
    return [Buffer.from(`${isFile ? "100644" : "40000"} ${name}\0`), Buffer.from(oid, "hex")];
  });
  return add(objects, "tree", Buffer.concat(entries));
}

function add(objects: StoredObject[], kind: "blob" | "tree", content: Buffer): string {
  const oid = createHash("sha1").update(`${kind} ${content.length}\0`).update(content).digest("hex");
  objects.push({ repository: WARM_UP_REPOSITORY, oid, kind, content });
  return oid;
}
