import type { ReconcileRequest } from "../domain/reconcile-request.ts";

/** Requests that were accepted and not yet worked off: written before GitHub is answered. */
export interface Deliveries {
  /** Durable when it returns. */
  append(requests: readonly ReconcileRequest[]): readonly number[];
  /** After the work they asked for has been done, or has been taken over by something else durable. */
  complete(ids: readonly number[]): void;
  /** What a killed process left, oldest first. */
  pending(): readonly { readonly id: number; readonly request: ReconcileRequest }[];
}
