/** Gives the text that stands in a credential's place. */
export type Replace = (credential: string) => string;

/**
 * Shapes that are credentials wherever they stand. Every repetition is bounded or ends at a character it cannot hold,
 * so that hostile text costs time in proportion to its length.
 */
const TOKEN_SHAPES: readonly string[] = [
  // A private key in PEM, to its end or to the end of the text.
  "-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[^]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)",
  // AWS, GitHub, GitLab, Slack, Google, Stripe, npm, PyPI, DigitalOcean, Hugging Face, SendGrid.
  "\\b(?:AKIA|ASIA)[A-Z0-9]{16}\\b",
  "\\bgh[pousr]_[A-Za-z0-9_]{20,255}",
  "\\bgithub_pat_[A-Za-z0-9_]{20,255}",
  "\\bgl(?:pat|dt|rt|ptt|cbt)-[A-Za-z0-9_-]{20,255}",
  "\\bxox[abeoprs]-[A-Za-z0-9-]{10,255}",
  "\\bhooks\\.slack\\.com/services/[A-Za-z0-9_/]{20,255}",
  "\\bAIza[A-Za-z0-9_-]{35}",
  "\\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,255}",
  "\\bnpm_[A-Za-z0-9]{36}\\b",
  "\\bpypi-[A-Za-z0-9_-]{50,255}",
  "\\bdo[opr]_v1_[a-f0-9]{64}\\b",
  "\\bhf_[A-Za-z0-9]{30,255}",
  "\\bSG\\.[A-Za-z0-9_-]{16,64}\\.[A-Za-z0-9_-]{16,64}",
  // A JSON Web Token, and what follows the scheme of an Authorization header.
  "\\beyJ[A-Za-z0-9_-]{8,4096}\\.[A-Za-z0-9_-]{8,8192}\\.[A-Za-z0-9_-]{8,4096}",
  "(?<=\\b(?:[Bb]earer|BEARER|[Bb]asic|BASIC) )(?=[A-Za-z+/=._~-]{0,256}[0-9])[A-Za-z0-9+/=._~-]{16,8192}",
  // What stands before the @ of a URL.
  "(?<=\\b[A-Za-z][A-Za-z0-9+.-]{1,20}://)[^\\s/@?#\"'<>]{1,512}(?=@)",
];
const TOKENS = new RegExp(TOKEN_SHAPES.map((shape) => `(?:${shape})`).join("|"), "g");
/** Cheap test that spares nearly every text the expressions above. */
const TOKEN_HINT =
  /PRIVATE KEY|A[KS]IA[A-Z0-9]|gh[pousr]_|github_pat|gl[a-z]{2,3}-|xox|hooks\.slack|AIza|_live_|_test_|npm_|pypi-|_v1_|hf_|SG\.|eyJ|earer |BEARER |asic |BASIC |:\/\//;

const CREDENTIAL_WORD =
  "passw(?:or)?d|passphrase|secret|token|api[-_.]?key|access[-_.]?key|private[-_.]?key|secret[-_.]?key";
const CREDENTIAL_NAME = new RegExp(`(?:${CREDENTIAL_WORD}|pwd|credentials?)$`, "i");
const CREDENTIAL_FLAG = new RegExp(`^--?[a-z0-9_.-]{0,64}(?:${CREDENTIAL_WORD})$`, "i");
/** A label that is there already is left alone. */
const VALUE_START = "(?![\"']?(?:value [A-Z]|•••))";
const VALUE = "\"[^\"\\n]{1,4096}\"|'[^'\\n]{1,4096}'|[^\\s\"',;&]{1,4096}";
const ASSIGNMENT = new RegExp(
  `(?<=(?:${CREDENTIAL_WORD})["']?[ \\t]{0,8}[:=][ \\t]{0,8})${VALUE_START}(?:${VALUE})`,
  "gi",
);
/** In an error's prose a colon follows any word, so only what is certain counts. */
const PROSE_ASSIGNMENT = new RegExp(
  `(?<=(?:${CREDENTIAL_WORD})["']?=|passw(?:or)?d["']?: ?)${VALUE_START}(?:${VALUE})`,
  "gi",
);
const ASSIGNMENT_HINT = /passw|passphrase|secret|token|key/i;

/** A name, of a variable or a field, that says that its value is a credential. */
export function isCredentialName(name: string): boolean {
  return name.length <= 256 && CREDENTIAL_NAME.test(name);
}

/** A command's flag whose next argument is a credential: `--db-password`. */
export function isCredentialFlag(argument: string): boolean {
  return argument.length <= 256 && CREDENTIAL_FLAG.test(argument);
}

/** Replaces what is a credential by its shape alone: keys in PEM, tokens of known services, userinfo in URLs. */
export function replaceTokens(text: string, replace: Replace): string {
  return TOKEN_HINT.test(text) ? text.replaceAll(TOKENS, replace) : text;
}

/** Replaces the values of `password=…`, `token: …` and the like, in configuration kept as text. */
export function replaceAssignments(text: string, replace: Replace): string {
  return ASSIGNMENT_HINT.test(text) ? text.replaceAll(ASSIGNMENT, withQuotesKept(replace)) : text;
}

/** The same for an error message, where less can be taken for an assignment. */
export function replaceProseAssignments(text: string, replace: Replace): string {
  return ASSIGNMENT_HINT.test(text) ? text.replaceAll(PROSE_ASSIGNMENT, withQuotesKept(replace)) : text;
}

/** What is only a reference to a value, or the mark of a YAML block that follows, says nothing. */
export function isReference(value: string): boolean {
  return value === "" || /^(?:\$|\{\{|[|>][-+0-9]{0,2}$)/.test(value);
}

function withQuotesKept(replace: Replace): Replace {
  return (match) => {
    const quote = /^["']/.exec(match)?.[0] ?? "";
    const value = quote === "" ? match : match.slice(1, -1);
    return isReference(value) ? match : `${quote}${replace(value)}${quote}`;
  };
}
