import { OperationError } from "../../errors/operation-error.ts";

/** At 100 a page; the longest list we read, open pull requests of a branch, ends at a thousand. */
const PAGES_MAX = 100;
export const PER_PAGE = 100;

/**
 * Every item of a list, page by page. Half a list is never taken for a whole one.
 * @param fetchPage - one page, and whether there are more; the first is 1.
 * @throws OperationError GitHubTooManyPages
 */
export async function readPages<T>(
  operation: string,
  fetchPage: (page: number) => Promise<{ readonly items: readonly T[]; readonly hasMore: boolean }>,
): Promise<readonly T[]> {
  const all: T[] = [];
  for (let page = 1; page <= PAGES_MAX; page += 1) {
    const { items, hasMore } = await fetchPage(page);
    all.push(...items);
    if (!hasMore) return all;
  }
  throw OperationError.of("GitHubTooManyPages", { operation, pagesMax: PAGES_MAX });
}

/** Whether GitHub's Link header names a next page. */
export function hasNextPage(response: { readonly headers: { readonly link?: string | undefined } }): boolean {
  return /[;,] *rel="next"/.test(response.headers.link ?? "");
}

/** The answer, or `undefined` where there is no such thing (any more). */
export async function orUndefined<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof OperationError && error.reason === "GitHubNotFound") return undefined;
    throw error;
  }
}
