import { isJsonObject, type JsonObject, objectAt, stringAt } from "../../../domain/json.ts";
import type { GroupKind } from "../../../domain/resource-key.ts";

/** A rule of the server's that an object breaks, in the server's words: `metadata.name: Required value: …`. */
export type Violation = string;

const LABEL_CHARS_MAX = 63;
const NAME_CHARS_MAX = 253;
/** All annotations of one object, names and values (apimachinery's TotalAnnotationSizeLimitB). */
const ANNOTATION_BYTES_MAX = 262_144;

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const DNS_SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const QUALIFIED_NAME =
  /^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

/** What is wrong with an object's name, labels and annotations. */
export function metadataViolations(kind: GroupKind, object: JsonObject): readonly Violation[] {
  return [...nameViolations(kind, object), ...labelViolations(object), ...annotationViolations(object)];
}

/** Labels as selectors and metadata may hold them. */
export function labelMapViolations(labels: JsonObject, path: string): readonly Violation[] {
  return Object.entries(labels).flatMap(([name, value]) => {
    const problems: Violation[] = [];
    if (!QUALIFIED_NAME.test(name)) {
      problems.push(
        `${path}: Invalid value: "${name}": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character`,
      );
    }
    if (typeof value === "string" && value.length > LABEL_CHARS_MAX) {
      problems.push(`${path}: Invalid value: "${value}": must be no more than 63 bytes`);
    } else if (typeof value === "string" && !LABEL_VALUE.test(value)) {
      problems.push(
        `${path}: Invalid value: "${value}": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character`,
      );
    }
    return problems;
  });
}

function nameViolations(kind: GroupKind, object: JsonObject): readonly Violation[] {
  const name = stringAt(object, "metadata", "name") ?? "";
  const at = (text: string): Violation => `metadata.name: ${text}`;
  if (name === "") return [at("Required value: name or generateName is required")];
  if (kind.group === "rbac.authorization.k8s.io") {
    return /[/%]/.test(name) || name === "." || name === ".."
      ? [at(`Invalid value: "${name}": may not contain '/' or '%'`)]
      : [];
  }
  if (LABEL_NAMED.has(kind.kind) && kind.group === "") {
    return DNS_LABEL.test(name) && name.length <= LABEL_CHARS_MAX
      ? []
      : [
          at(
            `Invalid value: "${name}": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character`,
          ),
        ];
  }
  return DNS_SUBDOMAIN.test(name) && name.length <= NAME_CHARS_MAX
    ? []
    : [
        at(
          `Invalid value: "${name}": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character`,
        ),
      ];
}

/** Their names become parts of DNS names. */
const LABEL_NAMED: ReadonlySet<string> = new Set(["Namespace", "Service"]);

function labelViolations(object: JsonObject): readonly Violation[] {
  return labelMapViolations(objectAt(object, "metadata", "labels"), "metadata.labels");
}

function annotationViolations(object: JsonObject): readonly Violation[] {
  const annotations = objectAt(object, "metadata", "annotations");
  if (!isJsonObject(annotations)) return [];
  const names = Object.keys(annotations)
    .filter((name) => !QUALIFIED_NAME.test(name.toLowerCase()))
    .map(
      (name) =>
        `metadata.annotations: Invalid value: "${name}": name part must consist of alphanumeric characters`,
    );
  const bytes = Object.entries(annotations).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(String(value)),
    0,
  );
  return bytes > ANNOTATION_BYTES_MAX
    ? [...names, `metadata.annotations: Too long: may not be more than ${ANNOTATION_BYTES_MAX} bytes`]
    : names;
}
