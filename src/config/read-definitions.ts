import type {
  ConfigProblem,
  ConfigSubject,
  DefinedValue,
  DocumentReading,
  FileReading,
} from "../domain/control-plane.ts";
import { arrayAt, isJsonObject, type JsonValue, stringAt } from "../domain/json.ts";
import { groupOf } from "../domain/resource-key.ts";
import { OperationError } from "../errors/operation-error.ts";
import { parseApplication } from "./application-manifest.ts";
import { parseClusterSecret } from "./cluster-secret.ts";
import { type DefinitionDocument, metadataTexts, subjectOf } from "./definition-document.ts";
import { readKubernetesYaml, type YamlDocument, type YamlProblem } from "./kubernetes-yaml.ts";
import { createNotes, type FieldPath, problemAt } from "./notes.ts";
import { parseProject } from "./project-manifest.ts";
import { parseRepositorySecret, parseRepositoryTemplate } from "./repository-secret.ts";
import { isSettingsMap, parseSettingsMap } from "./settings-maps.ts";

/** A file of definitions, before it is read. */
export interface DefinitionFile {
  /** Relative, with `/`. */
  readonly file: string;
  readonly text: string;
}

/** What is taken where; by default as for a controller. */
export type ReadingOptions = Pick<DefinitionDocument, "protocols">;

/** Reads every document of a file; what is wrong with one is a problem of that one, and the others stand. */
export function readDefinitions({ file, text }: DefinitionFile, options: ReadingOptions = {}): FileReading {
  const { documents, problems } = readKubernetesYaml(text);
  const readings = documents.flatMap((document) => readDocument(document, { file, ...options }));
  const unreadable = problems.map((problem) => unreadableDocument(file, problem));
  const inOrder = [...readings, ...unreadable].sort((a, b) => a.document - b.document);
  return { file, documents: inOrder };
}

/** A file whose content could not be had at all: too large, not permitted, gone while it was read. */
export function unreadableFile(file: string, problem: string): FileReading {
  const place = { file, document: 0, lineOf: () => 0 };
  const error = OperationError.of("DefinitionFileUnreadable", { problem });
  const problems = [problemAt(place, [], { severity: "error", error })];
  return { file, documents: [{ file, document: 0, line: 0, isStale: false, problems }] };
}

function unreadableDocument(file: string, { kind, document, line, message }: YamlProblem): DocumentReading {
  const place = { file, document, lineOf: () => line };
  const error =
    kind === "limit"
      ? OperationError.of("DefinitionTooLarge", { problem: message })
      : OperationError.of("DefinitionSyntax", { line, problem: message });
  return {
    file,
    document,
    line,
    isStale: false,
    problems: [problemAt(place, [], { severity: "error", error })],
  };
}

/** A `List`, as `kubectl get -o yaml` writes it, is read as its items. */
function readDocument(
  { value, number, lineOf }: YamlDocument,
  file: ReadingOptions & { readonly file: string },
): readonly DocumentReading[] {
  const items = stringAt(value, "kind") === "List" ? arrayAt(value, "items") : undefined;
  if (items === undefined) return [readManifest(value, { ...file, document: number, lineOf })];
  return items.map((item, index) => {
    const itemLine = (path: FieldPath) => lineOf(["items", String(index), ...path]);
    return readManifest(item, { ...file, document: number, lineOf: itemLine });
  });
}

function readManifest(value: JsonValue, place: Omit<DefinitionDocument, "object">): DocumentReading {
  const line = place.lineOf([]);
  if (!isJsonObject(value)) {
    const notes = createNotes(place);
    notes.error([], "FieldInvalid", { field: "document", problem: "is no Kubernetes object" });
    return { file: place.file, document: place.document, line, isStale: false, problems: notes.problems };
  }
  const manifest = { object: value, ...place };
  const { defined, problems } = readByKind(manifest);
  const subject = subjectOf(value);
  const base = { file: place.file, document: place.document, line, isStale: false, problems };
  const identified = subject === undefined ? base : { ...base, subject };
  return defined === undefined ? identified : { ...identified, value: defined };
}

interface ManifestReading {
  readonly defined: DefinedValue | undefined;
  readonly problems: readonly ConfigProblem[];
}

function readByKind(manifest: DefinitionDocument): ManifestReading {
  const group = groupOf(stringAt(manifest.object, "apiVersion") ?? "");
  const name = stringAt(manifest.object, "metadata", "name") ?? "";
  switch (`${group}/${stringAt(manifest.object, "kind")}`) {
    case "argoproj.io/Application":
      return readApplication(manifest);
    case "argoproj.io/AppProject":
      return readProject(manifest);
    case "argoproj.io/ApplicationSet":
      return only(manifest, (notes) => notes.warn([], "ApplicationSetNotBuilt", { name: printable(name) }));
    case "/Secret":
      return readSecret(manifest);
    case "/ConfigMap":
      return isSettingsMap(name) ? readSettings(manifest) : ignored(manifest);
    default:
      return ignored(manifest);
  }
}

function readApplication(manifest: DefinitionDocument): ManifestReading {
  const { application, problems } = parseApplication(manifest);
  if (application === undefined) return { defined: undefined, problems };
  const { file, document, object: raw } = manifest;
  return {
    defined: { kind: "application", definition: { value: application, file, document, raw } },
    problems,
  };
}

function readProject(manifest: DefinitionDocument): ManifestReading {
  const { project, problems } = parseProject(manifest);
  return { defined: project === undefined ? undefined : { kind: "project", project }, problems };
}

function readSettings(manifest: DefinitionDocument): ManifestReading {
  const { settings, problems } = parseSettingsMap(manifest);
  return { defined: settings === undefined ? undefined : { kind: "settings", settings }, problems };
}

function readSecret(manifest: DefinitionDocument): ManifestReading {
  const type = metadataTexts(manifest.object, "labels")["argocd.argoproj.io/secret-type"];
  switch (type) {
    case "repository": {
      const { repository, problems } = parseRepositorySecret(manifest);
      return { defined: repository === undefined ? undefined : { kind: "repository", repository }, problems };
    }
    case "repo-creds": {
      const { repository, problems } = parseRepositoryTemplate(manifest);
      const defined =
        repository === undefined ? undefined : ({ kind: "repositoryTemplate", repository } as const);
      return { defined, problems };
    }
    case "cluster": {
      const { cluster, problems } = parseClusterSecret(manifest);
      return { defined: cluster === undefined ? undefined : { kind: "cluster", cluster }, problems };
    }
    case undefined:
      return ignored(manifest);
    default:
      return only(manifest, (notes) =>
        notes.notHonoured(["metadata", "labels", "argocd.argoproj.io/secret-type"], "The Secret is not used"),
      );
  }
}

/** Objects of Argo CD's own installation stand beside the definitions in many a repository; that is no mistake. */
function ignored(manifest: DefinitionDocument): ManifestReading {
  const subject = subjectOf(manifest.object);
  if (subject !== undefined && isInstallation(subject)) return { defined: undefined, problems: [] };
  const what = describe(subject);
  return only(manifest, (notes) => notes.warn([], "DefinitionIgnored", { what }));
}

const INSTALLATION_KINDS = new Set([
  "ClusterRole",
  "ClusterRoleBinding",
  "ConfigMap",
  "CustomResourceDefinition",
  "Deployment",
  "NetworkPolicy",
  "Role",
  "RoleBinding",
  "Secret",
  "Service",
  "ServiceAccount",
  "StatefulSet",
]);

function isInstallation({ kind, name }: ConfigSubject): boolean {
  return INSTALLATION_KINDS.has(kind) && (name.startsWith("argocd-") || name.endsWith(".argoproj.io"));
}

function only(
  manifest: DefinitionDocument,
  tell: (notes: ReturnType<typeof createNotes>) => void,
): ManifestReading {
  const subject = subjectOf(manifest.object);
  const notes = createNotes(subject === undefined ? manifest : { ...manifest, subject });
  tell(notes);
  return { defined: undefined, problems: notes.problems };
}

function describe(subject: ConfigSubject | undefined): string {
  if (subject === undefined) return "A document without `kind` and `metadata.name`";
  return `${printable(subject.kind)} \`${printable(subject.name)}\``;
}

function printable(text: string): string {
  return text.replace(/[^A-Za-z0-9._:/-]/g, "?").slice(0, 253);
}
