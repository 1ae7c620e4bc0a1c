import {
  arrayAt,
  type JsonObject,
  type JsonValue,
  numberAt,
  objectAt,
  stringAt,
} from "../../../domain/json.ts";
import { amountOf } from "../defaults/quantity.ts";
import type { Violation } from "./metadata-rules.ts";

const PORT_MAX = 65_535;
const CONTAINER_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** What is wrong with a pod's spec. A handful of the server's rules: those that broken manifests usually break. */
export function podSpecViolations(spec: JsonObject, path: string): readonly Violation[] {
  const containers = arrayAt(spec, "containers");
  if (containers.length === 0) return [`${path}.containers: Required value`];
  const volumes = new Set(arrayAt(spec, "volumes").map((volume) => stringAt(volume, "name")));
  const names = new Set<string>();
  return ["initContainers", "containers"].flatMap((list) =>
    arrayAt(spec, list).flatMap((container, index) =>
      containerViolations(container, `${path}.${list}[${index}]`, { volumes, names }),
    ),
  );
}

/** Rules on the restart policy, which each workload has its own of. */
export function restartPolicyViolations(
  spec: JsonObject,
  path: string,
  allowed: readonly string[],
): readonly Violation[] {
  const policy = stringAt(spec, "restartPolicy") ?? "Always";
  if (allowed.includes(policy)) return [];
  const values = allowed.map((name) => `"${name}"`).join(", ");
  return [
    policy === "Always"
      ? `${path}.restartPolicy: Required value: valid values: ${values}`
      : `${path}.restartPolicy: Unsupported value: "${policy}": supported values: ${values}`,
  ];
}

interface PodNames {
  readonly volumes: ReadonlySet<string | undefined>;
  /** Container names seen so far. */
  readonly names: Set<string>;
}

function containerViolations(container: JsonValue, path: string, pod: PodNames): readonly Violation[] {
  const name = stringAt(container, "name") ?? "";
  return [
    ...containerNameViolations(name, path, pod.names),
    ...((stringAt(container, "image") ?? "") === "" ? [`${path}.image: Required value`] : []),
    ...portViolations(container, path),
    ...resourceViolations(container, path),
    ...mountViolations(container, path, pod.volumes),
    ...arrayAt(container, "env").flatMap((variable, index) =>
      (stringAt(variable, "name") ?? "") === "" ? [`${path}.env[${index}].name: Required value`] : [],
    ),
  ];
}

function containerNameViolations(name: string, path: string, seen: Set<string>): readonly Violation[] {
  if (name === "") return [`${path}.name: Required value`];
  if (seen.has(name)) return [`${path}.name: Duplicate value: "${name}"`];
  seen.add(name);
  return CONTAINER_NAME.test(name)
    ? []
    : [
        `${path}.name: Invalid value: "${name}": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character`,
      ];
}

function portViolations(container: JsonValue, path: string): readonly Violation[] {
  return arrayAt(container, "ports").flatMap((port, index) => {
    const number = numberAt(port, "containerPort");
    if (number === undefined) return [`${path}.ports[${index}].containerPort: Required value`];
    return number >= 1 && number <= PORT_MAX
      ? []
      : [
          `${path}.ports[${index}].containerPort: Invalid value: ${number}: must be between 1 and 65535, inclusive`,
        ];
  });
}

function resourceViolations(container: JsonValue, path: string): readonly Violation[] {
  const limits = objectAt(container, "resources", "limits");
  return Object.entries(objectAt(container, "resources", "requests")).flatMap(([name, request]) => {
    const limit = limits[name];
    return limit === undefined || amountOf(request) <= amountOf(limit)
      ? []
      : [
          `${path}.resources.requests: Invalid value: "${String(request)}": must be less than or equal to ${name} limit of ${String(limit)}`,
        ];
  });
}

function mountViolations(
  container: JsonValue,
  path: string,
  volumes: ReadonlySet<string | undefined>,
): readonly Violation[] {
  return arrayAt(container, "volumeMounts").flatMap((mount, index) => {
    const name = stringAt(mount, "name") ?? "";
    const at = `${path}.volumeMounts[${index}]`;
    return [
      ...(volumes.has(name) ? [] : [`${at}.name: Not found: "${name}"`]),
      ...((stringAt(mount, "mountPath") ?? "") === "" ? [`${at}.mountPath: Required value`] : []),
    ];
  });
}

/** The template of a workload: its pod, and that the workload's selector finds it. */
export function templateViolations(
  object: JsonObject,
  path: readonly string[],
  restartPolicies: readonly string[],
): readonly Violation[] {
  const at = [...path, "template", "spec"];
  const spec = objectAt(object, ...at);
  return [
    ...podSpecViolations(spec, at.join(".")),
    ...restartPolicyViolations(spec, at.join("."), restartPolicies),
  ];
}
