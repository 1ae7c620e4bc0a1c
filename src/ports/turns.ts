/** The event loop, shared fairly: work that takes milliseconds at a stretch waits for its turn first. */
export interface Turns {
  /** Resolves in a turn of the event loop of its own: what came in meanwhile, and others that wait, come first. */
  next(): Promise<void>;
}
