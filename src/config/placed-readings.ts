import type { DefinedValue, DocumentReading } from "../domain/control-plane.ts";
import type { DocumentPlace } from "./notes.ts";

/** A document of a control plane, with the file it stands in. */
export interface PlacedReading extends DocumentReading {
  readonly file: string;
}

/** One that defines a thing of that kind. */
export type Placed<K extends DefinedValue["kind"]> = PlacedReading & {
  readonly value: Extract<DefinedValue, { readonly kind: K }>;
};

/** The documents that define a thing of that kind. */
export function ofKind<K extends DefinedValue["kind"]>(
  readings: readonly PlacedReading[],
  kind: K,
): readonly Placed<K>[] {
  return readings.filter((reading): reading is Placed<K> => reading.value?.kind === kind);
}

/** Words for where a definition stands. */
export function describePlace({ file, document }: Pick<PlacedReading, "file" | "document">): string {
  return document <= 1 ? `\`${file}\`` : `document ${document} of \`${file}\``;
}

/** The place of a document that was read already: of its lines only the first is known any more. */
export function placeOf({ file, document, line, subject }: PlacedReading): DocumentPlace {
  const place = { file, document, lineOf: () => line };
  return subject === undefined ? place : { ...place, subject };
}
