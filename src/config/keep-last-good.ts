import type { ConfigProblem, ConfigSubject, DocumentReading, FileReading } from "../domain/control-plane.ts";
import { OperationError } from "../errors/operation-error.ts";
import { problemAt } from "./notes.ts";

/**
 * What a file means now, given what it meant before: a document that broke keeps its last readable definition, marked
 * stale, because a broken file is not a removal. Where it cannot be told which document broke, everything that is
 * missing since is kept. A document that is gone from a readable file is gone.
 */
export function keepLastGood(previous: FileReading | undefined, current: FileReading): FileReading {
  const broken = current.documents.filter(isBroken);
  if (previous === undefined || broken.length === 0) return current;
  const before = previous.documents.filter(({ value }) => value !== undefined);
  const mayHideAnything = broken.some(({ subject }) => subject === undefined);
  const present = new Set(current.documents.map(({ subject }) => keyOf(subject)));
  const brokenKeys = new Set(broken.map(({ subject }) => keyOf(subject)));
  const kept = before.filter(({ subject }) => {
    const key = keyOf(subject);
    return brokenKeys.has(key) || (mayHideAnything && !present.has(key));
  });
  return {
    file: current.file,
    documents: [...current.documents, ...kept.map((one) => stale(current.file, one))],
  };
}

/** Whether something of the file is neither readable nor kept from before: what it defines is then unknown. */
export function isIncomplete({ documents }: FileReading): boolean {
  const keptKeys = new Set(documents.filter(({ isStale }) => isStale).map(({ subject }) => keyOf(subject)));
  return documents.some((document) => isBroken(document) && !keptKeys.has(keyOf(document.subject)));
}

function isBroken({ value, isStale, problems }: DocumentReading): boolean {
  return value === undefined && !isStale && problems.some(({ severity }) => severity === "error");
}

function stale(file: string, reading: DocumentReading): DocumentReading {
  const place = { file, document: reading.document, lineOf: () => reading.line };
  const error = OperationError.of("DefinitionStale", undefined);
  const subject = reading.subject === undefined ? place : { ...place, subject: reading.subject };
  const problem: ConfigProblem = problemAt(subject, [], { severity: "error", error });
  return { ...reading, isStale: true, problems: [problem] };
}

function keyOf(subject: ConfigSubject | undefined): string {
  return subject === undefined ? "" : `${subject.kind}/${subject.namespace}/${subject.name}`;
}
