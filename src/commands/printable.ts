/** Long enough to recognise what one wrote. */
const SHOWN_CHARS_MAX = 80;

/** What somebody wrote, fit to be shown back: no control, invisible or direction-changing characters, not long. */
export function printable(text: string): string {
  const plain = text.replace(/[^\x20-\x7e]/gu, (character) => {
    const isLetter = /^[\p{L}\p{N}\p{P}\p{S}]$/u.test(character);
    return isLetter ? character : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
  return plain.length <= SHOWN_CHARS_MAX ? plain : `${plain.slice(0, SHOWN_CHARS_MAX - 1)}…`;
}
