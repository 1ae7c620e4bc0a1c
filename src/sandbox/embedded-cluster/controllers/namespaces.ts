import { arrayAt } from "../../../domain/json.ts";
import type { GroupKind, ResourceKey } from "../../../domain/resource-key.ts";
import { setAt } from "../json-edit.ts";
import type { StoredObject } from "../object-store.ts";
import { type Controller, type ControllerContext, isDeleting, ofKind } from "./controller.ts";

const NAMESPACE: GroupKind = { group: "", kind: "Namespace" };

/** Gives new namespaces what each has, and empties deleted ones before they go. */
export function createNamespaceController(context: ControllerContext): Controller {
  return {
    name: "namespace",
    concerns: (event) => [...ofKind(event, NAMESPACE), ...emptiedNamespace(event.after, event.key)],
    reconcile(key) {
      const namespace = context.store.get(key);
      if (namespace === undefined) return undefined;
      if (isDeleting(namespace)) emptyNamespace(context, namespace);
      else fillNamespace(context, key.name);
      return undefined;
    },
  };
}

/** The namespace of an object that has gone: it may have been the last one. */
function emptiedNamespace(after: StoredObject | undefined, key: ResourceKey): readonly ResourceKey[] {
  return after === undefined && key.namespace !== ""
    ? [{ ...NAMESPACE, namespace: "", name: key.namespace }]
    : [];
}

function fillNamespace({ store, create }: ControllerContext, namespace: string): void {
  const account = { group: "", kind: "ServiceAccount", namespace, name: "default" };
  const authority = { group: "", kind: "ConfigMap", namespace, name: "kube-root-ca.crt" };
  if (store.get(account) === undefined) {
    create({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: account.name, namespace } });
  }
  if (store.get(authority) === undefined) {
    create({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: authority.name, namespace },
      data: { "ca.crt": "" },
    });
  }
}

function emptyNamespace(context: ControllerContext, namespace: StoredObject): void {
  const { name } = namespace.key;
  const content = context.store.all().filter(({ key }) => key.namespace === name);
  for (const object of content) if (!isDeleting(object)) context.delete(object.key, "Background");
  const isEmpty = !context.store.all().some(({ key }) => key.namespace === name);
  if (!isEmpty || arrayAt(namespace.object, "spec", "finalizers").length === 0) return;
  context.update(namespace.key, (object) => setAt(object, ["spec", "finalizers"], undefined));
}
