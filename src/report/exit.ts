import { replaceTokens } from "../domain/credential-patterns.ts";

/** The one door for words (invariant 7): nothing leaves that has not passed it. */
export interface Exit {
  /**
   * The text without known credentials, in any spelling by which they are likely to be met, and without what has the
   * shape of a credential. Passing twice changes nothing more.
   */
  scrub(text: string): string;
}

/** Stands for what was taken out. Shorter than the shortest credential, so that each step makes the text shorter. */
const HIDDEN = "•••";
/** What is shorter is no secret, and would be found in every second word. */
const CREDENTIAL_CHARS_MIN = 4;
/** Of a credential of several lines (a private key), each line that is long enough is one of its own. */
const LINE_CHARS_MIN = 16;

/**
 * @param credentials - what must not leave, as it is now: asked for each time, since tokens are renewed while we run.
 */
export function createExit({ credentials }: { readonly credentials: () => Iterable<string> }): Exit {
  let known: readonly string[] = [];
  let spellings: readonly string[] = [];
  return {
    scrub(text) {
      const now = [...credentials()];
      if (now.length !== known.length || now.some((credential, index) => credential !== known[index])) {
        known = now;
        spellings = allSpellings(now);
      }
      return scrubAll(text, spellings);
    },
  };
}

/** Longest first, so that one inside of another does not leave the rest of it standing. */
function allSpellings(credentials: readonly string[]): readonly string[] {
  return [...new Set(credentials.flatMap(spellingsOf))]
    .filter(({ length }) => length >= CREDENTIAL_CHARS_MIN)
    .sort((a, b) => b.length - a.length);
}

/** Taking one thing out can bring another one together: until nothing is left to take out. */
function scrubAll(text: string, spellings: readonly string[]): string {
  let current = text;
  for (;;) {
    let next = current;
    for (const spelling of spellings) {
      if (next.includes(spelling)) next = next.replaceAll(spelling, HIDDEN);
    }
    next = replaceTokens(next, (token) => (token === HIDDEN ? token : HIDDEN));
    if (next === current) return current;
    current = next;
  }
}

/** As it is, line by line, in JSON, in a URL, and in base64. */
function spellingsOf(credential: string): readonly string[] {
  if (credential.length < CREDENTIAL_CHARS_MIN) return [];
  const lines = credential.split(/\r?\n/).filter(({ length }) => length >= LINE_CHARS_MIN);
  return [
    credential,
    ...(lines.length > 1 ? lines : []),
    JSON.stringify(credential).slice(1, -1),
    encoded(credential),
    base64(credential),
  ];
}

function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** Without padding: it goes on differently where more follows. */
function base64(text: string): string {
  let bytes = "";
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte);
  return btoa(bytes).replace(/=+$/, "");
}
