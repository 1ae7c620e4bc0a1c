import type { Environment } from "../../src/config/environment.ts";

/** What the measured process is told when it starts, as its one argument. */
export interface ServerOptions {
  readonly settings: Environment;
  /** Path of a kubeconfig, or the cluster in the process itself. */
  readonly cluster: { readonly kubeconfig: string } | "embedded";
  /** `PATH` for Git. */
  readonly path: string;
}

/** Applications to wait for: that many, or those named, Synced and Healthy, at a commit if one is given. */
export interface Arrival {
  readonly count?: number;
  readonly names?: readonly string[];
  readonly sha?: string;
}

export type Question =
  | { readonly kind: "arrived"; readonly arrival: Arrival }
  /** Everything that was begun has ended. */
  | { readonly kind: "idle" }
  /** The timer's look at everything, to its end. */
  | { readonly kind: "tick" }
  | { readonly kind: "counts" }
  | { readonly kind: "why" }
  | { readonly kind: "close" };

export interface Counts {
  readonly renders: number;
  /** Requests to the cluster that were answered or failed, by method; calls of the ports on the embedded cluster. */
  readonly cluster: Readonly<Record<string, number>>;
  /** Of the event loop since the last question of this kind, milliseconds. */
  readonly delayP99Ms: number;
  readonly delayMaxMs: number;
  /** The same of a process that did nothing meanwhile. */
  readonly idle: { readonly idleP99Ms: number; readonly idleMaxMs: number };
  readonly cpuMs: number;
}

export interface Answers {
  /** Milliseconds since the epoch, with fractions: when it was so. */
  readonly arrived: number;
  readonly idle: null;
  readonly tick: { readonly ms: number; readonly cpuMs: number };
  readonly counts: Omit<Counts, "idle">;
  /** For people, when something does not arrive. */
  readonly why: string;
  readonly close: null;
}
