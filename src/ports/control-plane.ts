import type { ControlPlaneSnapshot } from "../domain/control-plane.ts";

/** What the operator defined: Applications, projects, Secrets and settings, as they are at this moment. */
export interface ControlPlane {
  /** The newest state that was read; never older than the one a subscriber was told of last. */
  current(): ControlPlaneSnapshot;
  /** Calls `onChange` after each reading that differs from the one before. Returns how to stop. */
  subscribe(onChange: (snapshot: ControlPlaneSnapshot) => void): () => void;
  /** Looks again now, whether or not a change was noticed: the safety net under the watch. Never rejects. */
  refresh(): Promise<ControlPlaneSnapshot>;
  /** Stops watching. Resolves once nothing is being read any more. */
  close(): Promise<void>;
}
