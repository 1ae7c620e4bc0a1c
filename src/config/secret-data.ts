import type { ConfigProblem } from "../domain/control-plane.ts";
import { type JsonObject, objectAt } from "../domain/json.ts";
import { type DefinitionDocument, subjectOf } from "./definition-document.ts";
import { parseGoBoolean } from "./go-text.ts";
import { nearestWord } from "./nearest.ts";
import { createNotes, type Notes } from "./notes.ts";

/** The keys of a Secret as texts. Problems name keys, never values. */
export interface SecretData {
  readonly problems: readonly ConfigProblem[];
  readonly notes: Notes;
  /** Value of a key, `""` where there is none. */
  text(key: string): string;
  /** By Go's rules; anything else is a problem and counts as false. */
  flag(key: string): boolean;
  has(key: string): boolean;
  invalid(key: string, problem: string): void;
  hasErrors(): boolean;
  /** Warns of every key that nobody asked for. */
  done(): void;
}

/** Reads `data` (base64) and `stringData`, which wins; a value that cannot be decoded is a problem, never a crash. */
export function readSecretData(document: DefinitionDocument): SecretData {
  const subject = subjectOf(document.object);
  const notes = createNotes(subject === undefined ? document : { ...document, subject });
  const isEncrypted = Object.hasOwn(document.object, "sops");
  const values: Values = isEncrypted ? new Map() : decode(document.object, notes);
  if (isEncrypted) {
    notes.error(["sops"], "SecretInvalid", { key: "sops", problem: ENCRYPTED });
  }
  const known = new Set<string>();

  function text(key: string): string {
    known.add(key);
    return values.get(key)?.text ?? "";
  }
  function invalid(key: string, problem: string): void {
    // Of an encrypted Secret nothing else can be said.
    if (isEncrypted) return;
    const field = values.get(key)?.field ?? "stringData";
    notes.error([field, key], "SecretInvalid", { key, problem });
  }
  return {
    problems: notes.problems,
    notes,
    text,
    invalid,
    has: (key) => text(key) !== "",
    hasErrors: notes.hasErrors,
    flag(key) {
      const value = text(key).trim();
      if (value === "") return false;
      const flag = parseGoBoolean(value);
      if (flag === undefined) invalid(key, "is neither `true` nor `false`");
      return flag ?? false;
    },
    done() {
      for (const [key, { field }] of values) {
        if (!known.has(key)) notes.unknown([field, key], nearestWord(key, [...known]));
      }
    },
  };
}

const ENCRYPTED = "says that it is encrypted: decrypt it before it gets here";

type Values = ReadonlyMap<string, { readonly field: string; readonly text: string }>;

function decode(object: JsonObject, notes: Notes): Values {
  const values = new Map<string, { readonly field: string; readonly text: string }>();
  for (const [field, convert] of [
    ["data", decodeBase64],
    ["stringData", (text: string) => text],
  ] as const) {
    for (const [key, value] of Object.entries(objectAt(object, field))) {
      const text = typeof value === "string" ? convert(value) : value === null ? "" : undefined;
      if (text !== undefined) values.set(key, { field, text });
      else notes.error([field, key], "SecretInvalid", { key, problem: `is not ${WANTED[field]}` });
    }
  }
  return values;
}

const WANTED = { data: "text in base64", stringData: "a text" } as const;

function decodeBase64(text: string): string | undefined {
  const compact = text.replace(/[\r\n]/g, "");
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(compact) || compact.length % 4 !== 0) return undefined;
  const bytes = Uint8Array.from(atob(compact), (character) => character.charCodeAt(0));
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}
