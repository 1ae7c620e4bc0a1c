import { isJsonArray, type JsonObject } from "../../../domain/json.ts";
import { changeAt, changeItems, withDefaults } from "../json-edit.ts";

const RBAC_GROUP = "rbac.authorization.k8s.io";

/** A RoleBinding or ClusterRoleBinding: whom and what it names are of RBAC's group, but for service accounts. */
export function defaultBinding(object: JsonObject): JsonObject {
  const filled = changeAt(object, ["roleRef"], (ref) => withDefaults(ref, { apiGroup: RBAC_GROUP }));
  return changeItems(filled, "subjects", (subject) =>
    subject["kind"] === "ServiceAccount" ? subject : withDefaults(subject, { apiGroup: RBAC_GROUP }),
  );
}

/** A Role or ClusterRole without rules says `null`. */
export function defaultRole(object: JsonObject): JsonObject {
  const { rules } = object;
  return rules === undefined || (isJsonArray(rules) && rules.length === 0)
    ? { ...object, rules: null }
    : object;
}

/** A ValidatingWebhookConfiguration or MutatingWebhookConfiguration. */
export function defaultWebhooks(object: JsonObject): JsonObject {
  const isMutating = object["kind"] === "MutatingWebhookConfiguration";
  return changeItems(object, "webhooks", (webhook) => {
    const filled = withDefaults(webhook, {
      failurePolicy: "Fail",
      matchPolicy: "Equivalent",
      namespaceSelector: {},
      objectSelector: {},
      timeoutSeconds: 10,
      ...(isMutating ? { reinvocationPolicy: "Never" } : {}),
    });
    const withRules = changeItems(filled, "rules", (rule) => withDefaults(rule, { scope: "*" }));
    return changeAt(withRules, ["clientConfig", "service"], (service) =>
      withDefaults(service, { port: 443 }),
    );
  });
}

/** An Endpoints object. */
export function defaultEndpoints(object: JsonObject): JsonObject {
  return changeItems(object, "subsets", (subset) =>
    changeItems(subset, "ports", (port) => withDefaults(port, { protocol: "TCP" })),
  );
}
