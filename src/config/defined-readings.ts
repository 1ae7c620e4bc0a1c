import type { DefinedValue, DocumentReading } from "../domain/control-plane.ts";
import type { DocumentPlace } from "./notes.ts";

/** A document that defines a thing of that kind. */
export type Defined<K extends DefinedValue["kind"]> = DocumentReading & {
  readonly value: Extract<DefinedValue, { readonly kind: K }>;
};

/** The documents that define a thing of that kind. */
export function ofKind<K extends DefinedValue["kind"]>(
  readings: readonly DocumentReading[],
  kind: K,
): readonly Defined<K>[] {
  return readings.filter((reading): reading is Defined<K> => reading.value?.kind === kind);
}

/** Words for where a definition stands. */
export function describePlace({ file, document }: Pick<DocumentReading, "file" | "document">): string {
  return document <= 1 ? `\`${file}\`` : `document ${document} of \`${file}\``;
}

/** The place of a document that was read already: of its lines only the first is known any more. */
export function placeOf({ file, document, line, subject }: DocumentReading): DocumentPlace {
  const place = { file, document, lineOf: () => line };
  return subject === undefined ? place : { ...place, subject };
}
