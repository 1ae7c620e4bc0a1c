/** GitHub's own log of deliveries: it does not send again by itself what nobody answered. */
export interface FailedDeliveries {
  /**
   * Asks GitHub to send again what failed since then, and has not been sent again with success.
   * @param since - milliseconds since the epoch; GitHub forgets after three days.
   * @returns how many.
   */
  redeliver(since: number): Promise<number>;
}
