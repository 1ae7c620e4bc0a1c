/** How much text fits: both limits hold. */
export interface Budget {
  /** UTF-16 code units, as `string.length` counts. */
  readonly chars: number;
  /** Bytes in UTF-8. */
  readonly bytes: number;
}

/**
 * A comment's body. GitHub's message says 65,536 characters, others measured 262,144 bytes; both are kept, with a
 * margin for what is added to the comment after the merge.
 */
export const COMMENT_BUDGET: Budget = { chars: 60_000, bytes: 240_000 };
/** The whole comment, with what the sync adds. */
export const COMMENT_BUDGET_MAX: Budget = { chars: 65_000, bytes: 260_000 };
/**
 * Each of a check run's `summary` and `text`.
 *
 * @see https://docs.github.com/rest/checks/runs#create-a-check-run
 */
export const CHECK_BUDGET: Budget = { chars: 65_000, bytes: 260_000 };
/** A check run's title, beyond which GitHub refuses it. */
export const CHECK_TITLE_CHARS_MAX = 255;
/** A commit status's description, beyond which GitHub refuses it. */
export const STATUS_CHARS_MAX = 140;
/** A commit status's context. */
export const STATUS_CONTEXT_CHARS_MAX = 255;

export function measure(text: string): Budget {
  return { chars: text.length, bytes: utf8Length(text) };
}

export function fits(text: string, budget: Budget): boolean {
  return text.length <= budget.chars && utf8Length(text) <= budget.bytes;
}

/** Part of a budget. */
export function share({ chars, bytes }: Budget, fraction: number): Budget {
  return { chars: Math.floor(chars * fraction), bytes: Math.floor(bytes * fraction) };
}

/** Spends a budget piece by piece. */
export interface Ledger {
  readonly left: Budget;
  /** Pays for the text and `extra` characters around it, or pays nothing and says no. */
  take(text: string, extra?: number): boolean;
  /** Pays whatever it costs: the rest may become negative, and then nothing fits any more. */
  spend(text: string): void;
}

export function createLedger(budget: Budget): Ledger {
  let { chars, bytes } = budget;
  const spend = (cost: Budget): void => {
    chars -= cost.chars;
    bytes -= cost.bytes;
  };
  return {
    get left() {
      return { chars, bytes };
    },
    take(text, extra = 0) {
      const cost = { chars: text.length + extra, bytes: utf8Length(text) + extra };
      if (cost.chars > chars || cost.bytes > bytes) return false;
      spend(cost);
      return true;
    },
    spend: (text) => spend(measure(text)),
  };
}

/** A lone surrogate counts as the three bytes of what replaces it. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x80) continue;
    if (code < 0x800) bytes += 1;
    else if (code >= 0xd800 && code <= 0xdbff && isLowSurrogate(text.charCodeAt(index + 1))) {
      bytes += 2;
      index += 1;
    } else bytes += 2;
  }
  return bytes;
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}
