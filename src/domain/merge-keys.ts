import { canonicalJson, isJsonObject, type JsonObject, type JsonValue } from "./json.ts";

/** How the items of a list are told apart. */
export interface ListKeys {
  readonly names: readonly string[];
  /** What the API server fills in for a key that is not written. */
  readonly defaults: Readonly<Record<string, string>>;
  /** The order of items means something: a container may use variables that stand before its own. */
  readonly isOrdered: boolean;
}

function keys(...names: readonly string[]): ListKeys {
  return { names, defaults: {}, isOrdered: false };
}

const ORDERED_BY_NAME: ListKeys = { ...keys("name"), isOrdered: true };
const BY_CONTAINER_PORT: ListKeys = { ...keys("containerPort", "protocol"), defaults: { protocol: "TCP" } };
const BY_SERVICE_PORT: ListKeys = { ...keys("port", "protocol"), defaults: { protocol: "TCP" } };

/**
 * Lists of Kubernetes' own kinds that go by keys, by the name of their field and, where that says too little, of the
 * field around it. All other lists of those kinds are taken as a whole.
 *
 * @see https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy
 */
const BUILT_IN: ReadonlyMap<string, ListKeys> = new Map([
  ["conditions", keys("type")],
  ["containers", keys("name")],
  ["containers/env", ORDERED_BY_NAME],
  ["containers/ports", BY_CONTAINER_PORT],
  ["containers/resizePolicy", keys("resourceName")],
  ["containers/volumeDevices", keys("devicePath")],
  ["containers/volumeMounts", keys("mountPath")],
  ["ephemeralContainers", keys("name")],
  ["initContainers", ORDERED_BY_NAME],
  ["initContainers/env", ORDERED_BY_NAME],
  ["initContainers/ports", BY_CONTAINER_PORT],
  ["initContainers/resizePolicy", keys("resourceName")],
  ["initContainers/volumeDevices", keys("devicePath")],
  ["initContainers/volumeMounts", keys("mountPath")],
  ["matchConditions", keys("name")],
  ["metadata/ownerReferences", keys("uid")],
  ["resources/claims", keys("name")],
  ["spec/hostAliases", keys("ip")],
  ["spec/imagePullSecrets", keys("name")],
  ["spec/ports", BY_SERVICE_PORT],
  ["spec/resourceClaims", keys("name")],
  ["spec/schedulingGates", keys("name")],
  ["spec/topologySpreadConstraints", keys("topologyKey", "whenUnsatisfiable")],
  ["spec/volumes", keys("name")],
  ["/secrets", keys("name")],
  ["/webhooks", keys("name")],
]);

/** Lists of Kubernetes' own kinds that are sets: order and repetition mean nothing. */
const BUILT_IN_SETS: ReadonlySet<string> = new Set(["metadata/finalizers"]);

/**
 * How the list at a JSON pointer goes in Kubernetes' own kinds: by keys, as a set, or as a whole. Indices inside the
 * pointer do not matter.
 */
export function listStrategyAt(pointer: string): ListKeys | "set" | "atomic" {
  const names = pointer.split("/").filter((name) => name !== "" && !/^[0-9]+$/.test(name));
  const [around = "", field = ""] = ["", ...names].slice(-2);
  const found = BUILT_IN.get(`${around}/${field}`) ?? BUILT_IN.get(field);
  if (found !== undefined) return found;
  return BUILT_IN_SETS.has(`${around}/${field}`) ? "set" : "atomic";
}

export interface IndexedItem {
  readonly item: JsonObject;
  readonly index: number;
}

/** Items by their keys, or `undefined` where two share them or one has none: then the list cannot go by keys. */
export function indexItems(
  list: readonly JsonValue[],
  { names, defaults }: Pick<ListKeys, "names" | "defaults">,
): ReadonlyMap<string, IndexedItem> | undefined {
  const items = new Map<string, IndexedItem>();
  for (const [index, item] of list.entries()) {
    if (!isJsonObject(item)) return undefined;
    const keys: Record<string, JsonValue> = {};
    for (const name of names) {
      const value = item[name] ?? defaults[name];
      if (value !== undefined) keys[name] = value;
    }
    items.set(canonicalJson(keys), { item, index });
  }
  return items.size === list.length ? items : undefined;
}
