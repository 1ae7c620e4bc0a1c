import type { RunningCluster } from "../test/support/cluster/start-cluster.ts";
import type { Tools } from "../test/support/tools.ts";

/** One line of the table. */
export interface Row {
  readonly what: string;
  readonly ours: string;
  /** What it is measured against in the same run, and how it fared; `""` where there is nothing to compare with. */
  readonly against: string;
  /** How many times ours that was; `""` likewise. */
  readonly ratio: string;
  readonly target: string;
}

export interface Facilities {
  /** The released helm and kubectl. */
  tools(): Promise<Tools>;
  /** A real cluster, shared by the scenarios of a run. */
  cluster(): Promise<RunningCluster>;
  /** Empty folder that goes away. */
  scratch(): Promise<string>;
  /** Says what is under way. */
  say(line: string): void;
}

export interface Scenario {
  /** What `--only` calls it. */
  readonly id: string;
  run(facilities: Facilities): Promise<readonly Row[]>;
}

export function ms(value: number): string {
  return value < 10_000 ? `${value < 10 ? value.toFixed(1) : Math.round(value)} ms` : seconds(value);
}

export function seconds(value: number): string {
  return `${(value / 1_000).toFixed(value < 10_000 ? 2 : 1)} s`;
}

export function times(theirs: number, ours: number): string {
  const ratio = theirs / ours;
  return `${ratio < 10 ? ratio.toFixed(1) : Math.round(ratio)} ×`;
}
