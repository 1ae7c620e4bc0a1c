import type { ApiAnswer, ApiServer } from "../../../../src/adapters/kubernetes/api-server.ts";
import type { ApiRequest } from "../../../../src/adapters/kubernetes/http-exchange.ts";
import type { JsonObject } from "../../../../src/domain/json.ts";

export interface FakeApiServer extends ApiServer {
  /** Paths asked for, in order. */
  readonly paths: readonly string[];
}

/** Answers by path with 200; a path that is not there is 404, and one that `fails` is 503. */
export function createFakeApiServer(
  answer: (path: string) => JsonObject | number | undefined,
): FakeApiServer {
  const paths: string[] = [];
  return {
    destination: "fake",
    paths,
    async call({ path }: ApiRequest): Promise<ApiAnswer> {
      paths.push(path);
      const found = answer(path) ?? 404;
      return typeof found === "number"
        ? { status: found, contentType: "application/json", body: {} }
        : { status: 200, contentType: "application/json", body: found };
    },
    stream: () => Promise.reject(new Error("not served")),
    close: () => Promise.resolve(),
  };
}
