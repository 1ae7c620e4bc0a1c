import type { ComparedResource } from "../comparison.ts";
import { compareHealth, type Health } from "../health.ts";
import { hookOf } from "../hooks.ts";
import { annotationOf } from "../manifest.ts";
import { describeResource } from "../resource-key.ts";

const IGNORE_HEALTH_CHECK = "argocd.argoproj.io/ignore-healthcheck";

/** What the roll-up looks at of each managed resource. */
export type HealthContribution = Pick<ComparedResource, "key" | "target" | "live" | "isHook" | "health">;

/**
 * The health of an Application: the worst of its resources, with the first such resource's message
 * (argocd-behaviour §7.3). A resource that does not exist does not lower it, unless none of them exists.
 */
export function rollUpHealth(
  application: { readonly namespace: string; readonly name: string },
  resources: readonly HealthContribution[],
): Health {
  const counted = resources.filter((resource) => !isHook(resource));
  if (counted.length > 0 && counted.every(({ live }) => live === undefined)) {
    return { status: "Missing", message: "none of its resources exists in the cluster" };
  }
  let worst: Health = { status: "Healthy", message: "" };
  for (const resource of counted) {
    const { health } = resource;
    if (health === undefined || !isContributing(resource, health, application)) continue;
    if (compareHealth(health.status, worst.status) <= 0) continue;
    const detail = health.message === "" ? "" : `: ${health.message}`;
    worst = { status: health.status, message: `${describeResource(resource.key)}${detail}` };
  }
  return worst;
}

/** Hooks that are ignored or skipped are hooks too, as far as health goes. */
function isHook({ isHook: isHookOfPhase, target, live }: HealthContribution): boolean {
  const manifest = target ?? live;
  return isHookOfPhase || (manifest !== undefined && hookOf(manifest).kind !== "none");
}

function isContributing(
  { key, live }: HealthContribution,
  health: Health,
  application: { readonly namespace: string; readonly name: string },
): boolean {
  if (live === undefined || annotationOf(live, IGNORE_HEALTH_CHECK) === "true") return false;
  if (key.group !== "argoproj.io" || key.kind !== "Application") return true;
  const isSelf = key.name === application.name && key.namespace === application.namespace;
  return !isSelf && health.status !== "Missing" && health.status !== "Unknown";
}
