import { answer, type Handler } from "./http-server.ts";

export interface Readiness {
  /** Why requests should not come yet, in words; empty when they may. */
  reasons(): readonly string[];
}

/** `/healthz`: the process answers. `/readyz`: it has read its control plane and takes deliveries. */
export function createProbes(readiness: Readiness): Handler {
  return async (request, response) => {
    if (request.method !== "GET") return "passed";
    if (request.url === "/healthz") {
      answer(response, 200, "ok");
      return "handled";
    }
    if (request.url !== "/readyz") return "passed";
    const reasons = readiness.reasons();
    answer(response, reasons.length === 0 ? 200 : 503, reasons.length === 0 ? "ok" : reasons.join("\n"));
    return "handled";
  };
}
