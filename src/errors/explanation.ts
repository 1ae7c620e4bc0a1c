/** What a user is told when something fails: a catalogue entry makes one from the facts it prints, and from nothing else. */
export interface Explanation {
  /** One line in the user's terms, no trailing full stop; becomes the check run's title. */
  readonly title: string;
  /** What to do next, or when it is tried again; says what was not changed. Markdown. */
  readonly remedy: string;
  /** What happens without anybody's doing, where a server is there to do it: not said in a terminal. */
  readonly meanwhile?: string;
  /** What may be done about it in a terminal, and only there. */
  readonly byHand?: string;
  /** Whether the same input may succeed later without anyone changing it. */
  readonly retryable: boolean;
}

/** One family of reasons: reason → how to explain it. Reasons are CamelCase and never renamed: people alert on them. */
export type Reasons = Readonly<Record<string, (context: never) => Explanation>>;
