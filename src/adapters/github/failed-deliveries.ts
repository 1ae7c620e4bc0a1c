import type { FailedDeliveries } from "../../ports/failed-deliveries.ts";
import type { GitHubClient } from "./client.ts";
import { PER_PAGE, readPages } from "./pages.ts";

/** What GitHub's log says of one attempt. */
interface Attempt {
  readonly id: number;
  /** The delivery's own, the same for each attempt. */
  readonly guid: string;
  readonly delivered_at: string;
  readonly status_code: number;
}

/** More than this at once would be a storm of our own making; the timer finds the rest. */
const REDELIVERED_MAX = 200;
/** Attempts are listed newest first: of a busy day the oldest are left to the timer. */
const ATTEMPT_PAGES_MAX = 10;

export function createFailedDeliveries(clients: Pick<GitHubClient, "asApp">): FailedDeliveries {
  return {
    async redeliver(since) {
      const failed = lastOfFailed(await listAttempts(clients, since)).slice(0, REDELIVERED_MAX);
      const { apps } = clients.asApp().rest;
      for (const { id } of failed) await apps.redeliverWebhookDelivery({ delivery_id: id });
      return failed.length;
    },
  };
}

/** Newest first. The list is paged by cursor: the id of the last attempt that was seen. */
async function listAttempts(
  { asApp }: Pick<GitHubClient, "asApp">,
  since: number,
): Promise<readonly Attempt[]> {
  let cursor: string | undefined;
  return readPages("GET /app/hook/deliveries", async (page) => {
    const wanted = { per_page: PER_PAGE, ...(cursor === undefined ? {} : { cursor }) };
    const response = await asApp().rest.apps.listWebhookDeliveries(wanted);
    const items = response.data.filter(({ delivered_at }) => Date.parse(delivered_at) >= since);
    cursor = /[?&]cursor=([^&>]+)[^>]*>; *rel="next"/.exec(response.headers.link ?? "")?.[1];
    const isWholePage = cursor !== undefined && items.length === response.data.length;
    return { items, hasMore: isWholePage && page < ATTEMPT_PAGES_MAX };
  });
}

/** One attempt of each delivery that never succeeded, oldest first. */
function lastOfFailed(attempts: readonly Attempt[]): readonly Attempt[] {
  const isOk = ({ status_code }: Attempt): boolean => status_code >= 200 && status_code < 300;
  const delivered = new Set(attempts.filter(isOk).map(({ guid }) => guid));
  const last = new Map(attempts.map((attempt) => [attempt.guid, attempt]));
  return [...last.values()].filter(({ guid }) => !delivered.has(guid)).sort((a, b) => a.id - b.id);
}
