import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from "./json.ts";
import { joinPointer, parsePointer } from "./json-pointer.ts";
import type { LiveManifest, Manifest } from "./manifest.ts";
import { indexItems, listStrategyAt } from "./merge-keys.ts";

/**
 * The live object as far as it matters to its target: the target itself, with live's values in the fields that differ
 * and live's own where Git dropped a field. Compared with the target it shows exactly the drift, without defaults,
 * status and what other managers own.
 *
 * @param differing - JSON pointers as a comparison reports them: list indexes are the target's.
 */
export function driftSide(target: Manifest, live: LiveManifest, differing: readonly string[]): Manifest {
  const object = ofMap(target.object, live.object, { pointer: "", differing });
  return { key: target.key, apiVersion: target.apiVersion, object };
}

interface Place {
  readonly pointer: string;
  /** Pointers at or below this place. */
  readonly differing: readonly string[];
}

function ofValue(target: JsonValue, live: JsonValue | undefined, place: Place): JsonValue | undefined {
  const { pointer, differing } = place;
  if (differing.length === 0) return target;
  if (differing.includes(pointer)) return live;
  if (isJsonObject(target) && isJsonObject(live)) return ofMap(target, live, place);
  if (isJsonArray(target) && isJsonArray(live)) return ofList(target, live, place);
  return live;
}

function ofMap(target: JsonObject, live: JsonObject, place: Place): JsonObject {
  const side: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(target)) {
    const mine = ofValue(value, Object.hasOwn(live, name) ? live[name] : undefined, below(place, name));
    if (mine !== undefined) side[name] = mine;
  }
  const depth = place.pointer === "" ? 0 : (parsePointer(place.pointer)?.length ?? 0);
  for (const pointer of place.differing) {
    const name = parsePointer(pointer)?.[depth];
    const value = name === undefined || Object.hasOwn(target, name) ? undefined : live[name];
    if (name !== undefined && value !== undefined) side[name] = value;
  }
  return side;
}

function ofList(
  target: readonly JsonValue[],
  live: readonly JsonValue[],
  place: Place,
): readonly JsonValue[] {
  const strategy = listStrategyAt(place.pointer);
  if (typeof strategy === "string") return live;
  const [targets, lives] = [indexItems(target, strategy), indexItems(live, strategy)];
  if (targets === undefined || lives === undefined) return live;
  return [...targets].flatMap(([key, { item, index }]) => {
    const mine = ofValue(item, lives.get(key)?.item, below(place, String(index)));
    return mine === undefined ? [] : [mine];
  });
}

function below({ pointer, differing }: Place, step: string): Place {
  const inner = joinPointer(pointer, step);
  return {
    pointer: inner,
    differing: differing.filter((one) => one === inner || one.startsWith(`${inner}/`)),
  };
}
