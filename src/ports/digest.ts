/** SHA-256 of the text, hex. A function, so that the core needs no package to name what it has seen. */
export type Digest = (text: string) => string;
