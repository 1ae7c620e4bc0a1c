import type { UnhonouredField } from "../domain/application.ts";
import type { ConfigProblem, ConfigSubject } from "../domain/control-plane.ts";
import type { ContextOf, Reason } from "../errors/catalogue.ts";
import { OperationError } from "../errors/operation-error.ts";

/** Steps from the root of a document to a field: keys, and list positions as decimal text. */
export type FieldPath = readonly string[];

/** The place of a document, and how to find lines in it. */
export interface DocumentPlace {
  readonly file: string;
  /** 1-based; 0 is the file as a whole. */
  readonly document: number;
  readonly subject?: ConfigSubject;
  lineOf(path: FieldPath): number;
}

/** Collects everything that is wrong with one document, so that all of it is told at once. */
export interface Notes {
  readonly problems: readonly ConfigProblem[];
  /** Protective fields that keep the definition from being synced. */
  readonly previewOnly: readonly UnhonouredField[];
  /** Fields that are read but not acted on. */
  readonly warnings: readonly UnhonouredField[];
  hasErrors(): boolean;
  error<R extends Reason>(path: FieldPath, reason: R, context: ContextOf<R>): void;
  warn<R extends Reason>(path: FieldPath, reason: R, context: ContextOf<R>): void;
  /** The field has a value it must not have; `problem` follows the field's name in a sentence. */
  invalid(path: FieldPath, problem: string): void;
  unknown(path: FieldPath, nearest: string): void;
  notHonoured(path: FieldPath, consequence: string): void;
  keepsFromSync(path: FieldPath, consequence: string): void;
  cannotBeRendered(path: FieldPath, what: string): void;
}

export function createNotes(place: DocumentPlace): Notes {
  const problems: ConfigProblem[] = [];
  const previewOnly: UnhonouredField[] = [];
  const warnings: UnhonouredField[] = [];

  function add(severity: "error" | "warning", path: FieldPath, error: OperationError): void {
    problems.push(problemAt(place, path, { severity, error }));
  }
  const notes: Notes = {
    problems,
    previewOnly,
    warnings,
    hasErrors: () => problems.some(({ severity }) => severity === "error"),
    error: (path, reason, context) => add("error", path, OperationError.of(reason, context)),
    warn: (path, reason, context) => add("warning", path, OperationError.of(reason, context)),
    invalid(path, problem) {
      const field = formatFieldPath(path);
      add("error", path, OperationError.of("FieldInvalid", { field, problem }));
    },
    unknown(path, nearest) {
      const field = formatFieldPath(path);
      warnings.push({ field, consequence: "It is not a known field and is ignored" });
      add("warning", path, OperationError.of("FieldUnknown", { field, nearest }));
    },
    notHonoured(path, consequence) {
      const field = formatFieldPath(path);
      warnings.push({ field, consequence });
      add("warning", path, OperationError.of("FieldNotHonoured", { field, consequence }));
    },
    keepsFromSync(path, consequence) {
      const field = formatFieldPath(path);
      previewOnly.push({ field, consequence });
      add("warning", path, OperationError.of("FieldKeepsFromSync", { field, consequence }));
    },
    cannotBeRendered(path, what) {
      const field = formatFieldPath(path);
      add("error", path, OperationError.of("FieldCannotBeRendered", { field, what }));
    },
  };
  return notes;
}

/** One problem at a place, in the catalogue's words. */
export function problemAt(
  place: DocumentPlace,
  path: FieldPath,
  { severity, error }: { readonly severity: "error" | "warning"; readonly error: OperationError },
): ConfigProblem {
  const { reason, title, remedy, retryable } = error;
  const { file, document, subject } = place;
  const where = { severity, file, document, line: place.lineOf(path), field: formatFieldPath(path) };
  const problem = { reason, title, remedy, retryable, ...where };
  return subject === undefined ? problem : { ...problem, subject };
}

/** `spec.sources[0].helm`, `metadata.annotations["a.b/c"]`. */
export function formatFieldPath(path: FieldPath): string {
  return path.reduce((text, step) => {
    if (/^[0-9]+$/.test(step)) return `${text}[${step}]`;
    if (!/^[A-Za-z0-9_-]+$/.test(step)) return `${text}["${printable(step)}"]`;
    return text === "" ? step : `${text}.${step}`;
  }, "");
}

/** Keys come from the file: they stay on one line, and cannot end the code span that they are shown in. */
function printable(step: string): string {
  return step
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, " ")
    .replaceAll("`", "'")
    .slice(0, 100);
}
