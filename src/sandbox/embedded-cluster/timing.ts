/** How long things take in an embedded cluster, in milliseconds. */
export interface Timing {
  /** Between a change and a controller's looking at it. */
  readonly reactionMs: number;
  /** From a pod's creation to its running. */
  readonly podStartMs: number;
  readonly podStopMs: number;
  /** How long the pods of Jobs run. */
  readonly jobRunMs: number;
  /** Claims bound, load balancers and ingresses given an address, definitions established. */
  readonly provisionMs: number;
  /** A Deployment's `progressDeadlineSeconds`, where that is longer: nobody waits ten minutes for a demo. */
  readonly progressDeadlineMsMax: number;
}

/** For tests: fast by a real clock, exact by a clock that is moved on by hand. */
export const TEST_TIMING: Timing = {
  reactionMs: 1,
  podStartMs: 10,
  podStopMs: 5,
  jobRunMs: 10,
  provisionMs: 5,
  progressDeadlineMsMax: Number.POSITIVE_INFINITY,
};

/** For people: long enough to see Progressing before Healthy. */
export const DEMO_TIMING: Timing = {
  reactionMs: 60,
  podStartMs: 500,
  podStopMs: 200,
  jobRunMs: 800,
  provisionMs: 400,
  progressDeadlineMsMax: 15_000,
};
