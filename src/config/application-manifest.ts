import type { Application, Destination, IgnoreDifferences } from "../domain/application.ts";
import type { ConfigProblem } from "../domain/control-plane.ts";
import { readAnnotations } from "./application-annotations.ts";
import { readSources } from "./application-source.ts";
import {
  DEFAULT_NAMESPACE,
  type DefinitionDocument,
  isDnsSubdomain,
  subjectOf,
} from "./definition-document.ts";
import { createFields, type Fields } from "./fields.ts";
import { createNotes, type Notes } from "./notes.ts";
import { normalizeServer } from "./server-url.ts";
import { readSyncPolicy } from "./sync-policy.ts";

/** Argo CD's default for `spec.revisionHistoryLimit`. */
const REVISION_HISTORY_LIMIT = 10;

export interface ApplicationReading {
  /** Present where every field could be read; it may still have problems that keep it from being rendered. */
  readonly application?: Application;
  /** All of them, in the order of the fields. */
  readonly problems: readonly ConfigProblem[];
}

export interface ApplicationOptions {
  /** Namespace whose Applications are tracked by their bare name. */
  readonly controlPlaneNamespace: string;
}

/**
 * Reads an Application as Argo CD normalises it (argocd-behaviour §1.1, §1.2): defaults filled in, empty tool blocks
 * removed, the destination's server in canonical form. Fields that are not honoured are named, never dropped silently:
 * those that protect in `previewOnly`, others in `warnings`.
 */
export function parseApplication(
  document: DefinitionDocument,
  { controlPlaneNamespace }: ApplicationOptions = { controlPlaneNamespace: DEFAULT_NAMESPACE },
): ApplicationReading {
  const subject = subjectOf(document.object);
  const notes = createNotes(subject === undefined ? document : { ...document, subject });
  const application = readApplication(document, notes);
  if (application === undefined) return { problems: notes.problems };
  return {
    application: withInstanceName(application, controlPlaneNamespace),
    problems: notes.problems,
  };
}

/** The same Application, tracked as it is from that control plane namespace (argocd-behaviour §1.4). */
export function withInstanceName(application: Application, controlPlaneNamespace: string): Application {
  const { namespace, name } = application;
  const instanceName = namespace === controlPlaneNamespace ? name : `${namespace}_${name}`;
  return { ...application, instanceName };
}

function readApplication({ object, protocols }: DefinitionDocument, notes: Notes): Application | undefined {
  const root = createFields(object, [], notes);
  root.string("apiVersion");
  root.string("kind");
  root.raw("status");
  const metadata = readMetadata(root, notes);
  const spec = root.object("spec");
  if (spec === undefined) {
    if (!root.has("spec")) notes.invalid(["spec"], "is missing");
    return undefined;
  }
  const { sources, isMultiSource } = readSources(spec, { notes, protocols });
  const destination = readDestination(spec);
  const syncPolicy = readSyncPolicy(spec, notes);
  const ignoreDifferences = readIgnoreDifferences(spec, notes);
  const rest = readRest(spec);
  if (root.has("operation")) {
    notes.notHonoured(["operation"], "A sync asked for in a file is not carried out; use `/sync`");
  }
  readAnnotations(metadata.annotations, notes);
  spec.done();
  root.done();
  // What cannot be rendered is an error too, but such an Application is well-formed: it is shown, by its name.
  const isMalformed = notes.problems.some(
    ({ severity, reason }) => severity === "error" && reason !== "FieldCannotBeRendered",
  );
  if (isMalformed || sources === undefined || destination === undefined) return undefined;
  const { previewOnly, warnings } = notes;
  const base = { ...metadata, instanceName: metadata.name, sources, isMultiSource, destination, syncPolicy };
  return { ...base, ...rest, ignoreDifferences, previewOnly, warnings };
}

function readMetadata(
  root: Fields,
  notes: Notes,
): Pick<Application, "namespace" | "name" | "labels" | "annotations" | "finalizers"> {
  const metadata = root.object("metadata");
  if (metadata === undefined) {
    notes.invalid(["metadata", "name"], "is missing");
    return { namespace: DEFAULT_NAMESPACE, name: "", labels: {}, annotations: {}, finalizers: [] };
  }
  const name = metadata.required("name");
  const namespace = metadata.text("namespace");
  if (name !== "" && !isDnsSubdomain(name)) {
    metadata.invalid("name", "is not lower-case letters, digits, `-` and `.`");
  }
  if (namespace !== "" && !isDnsSubdomain(namespace)) {
    metadata.invalid("namespace", "is not lower-case letters, digits, `-` and `.`");
  }
  return {
    namespace: namespace === "" ? DEFAULT_NAMESPACE : namespace,
    name,
    labels: metadata.stringMap("labels") ?? {},
    annotations: metadata.stringMap("annotations") ?? {},
    finalizers: metadata.strings("finalizers") ?? [],
  };
}

function readRest(spec: Fields): Pick<Application, "project" | "info" | "revisionHistoryLimit"> {
  const project = spec.text("project");
  const info = spec.objects("info")?.map((entry) => {
    const pair = { name: entry.text("name"), value: entry.text("value") };
    entry.done();
    return pair;
  });
  const revisionHistoryLimit = spec.integer("revisionHistoryLimit") ?? REVISION_HISTORY_LIMIT;
  if (revisionHistoryLimit < 0) spec.invalid("revisionHistoryLimit", "is negative");
  return { project: project === "" ? "default" : project, info: info ?? [], revisionHistoryLimit };
}

function readDestination(spec: Fields): Destination | undefined {
  const destination = spec.object("destination");
  const server = destination?.text("server") ?? "";
  const name = destination?.text("name") ?? "";
  const namespace = destination?.text("namespace") ?? "";
  destination?.done();
  if (server === "" && name === "") {
    spec.invalid("destination", "names no cluster: it needs `server` or `name`");
    return undefined;
  }
  if (server !== "" && name !== "") {
    spec.invalid("destination", "has both `server` and `name`: one of them must go");
    return undefined;
  }
  return { server: server === "" ? "" : normalizeServer(server), name, namespace };
}

function readIgnoreDifferences(spec: Fields, notes: Notes): readonly IgnoreDifferences[] {
  return (spec.objects("ignoreDifferences") ?? []).map((entry) => {
    const group = entry.text("group");
    const kind = entry.required("kind");
    const name = entry.text("name");
    const namespace = entry.text("namespace");
    const jsonPointers = entry.strings("jsonPointers") ?? [];
    const unhonoured = ["jqPathExpressions", "managedFieldsManagers"] as const;
    for (const field of unhonoured) {
      if ((entry.strings(field) ?? []).length === 0) continue;
      notes.keepsFromSync(
        entry.at(field),
        "What it would leave alone is compared, and a sync would overwrite it",
      );
    }
    for (const [index, pointer] of jsonPointers.entries()) {
      if (pointer !== "" && !pointer.startsWith("/")) {
        notes.invalid(
          entry.at("jsonPointers", String(index)),
          "is not a JSON pointer: it must begin with `/`",
        );
      }
    }
    entry.done();
    return { group, kind, name, namespace, jsonPointers };
  });
}
