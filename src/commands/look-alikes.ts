/** Letters of other alphabets that look like Latin ones; enough for the words that commands are made of. */
const LATIN: Readonly<Record<string, string>> = {
  а: "a",
  е: "e",
  һ: "h",
  і: "i",
  ӏ: "l",
  ⅼ: "l",
  ո: "n",
  о: "o",
  ο: "o",
  р: "p",
  ρ: "p",
  г: "r",
  ѕ: "s",
  υ: "u",
  х: "x",
  у: "y",
  с: "c",
  ϲ: "c",
  ԁ: "d",
  ɡ: "g",
  "⁄": "/",
  "∕": "/",
};

/** The word that a foreign spelling looks like, full-width forms included: `ѕync` is not `sync`, but means it. */
export function latinLookAlike(word: string): string {
  return [...word.normalize("NFKC").toLowerCase()].map((character) => LATIN[character] ?? character).join("");
}
