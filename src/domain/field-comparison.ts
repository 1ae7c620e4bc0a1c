import {
  childField,
  childNames,
  type FieldNode,
  hasOwnedValue,
  isLeaf,
  itemKeys,
  keyedItems,
  setItems,
} from "./field-ownership.ts";
import { canonicalJson, isJsonArray, isJsonObject, type JsonObject, type JsonValue } from "./json.ts";
import { joinPointer } from "./json-pointer.ts";
import { indexItems, type ListKeys, listStrategyAt } from "./merge-keys.ts";

/** What comparing an object field by field says. */
export interface FieldComparison {
  /** JSON pointers, in the order met. */
  readonly differing: readonly string[];
  /** Nothing differs for certain, but something may: the server has to be asked. */
  readonly isUndecided: boolean;
  /** Our manager owns every field of the target. */
  readonly ownsTarget: boolean;
}

/** What is known about the fields of an object beside their values. */
export interface FieldKnowledge {
  /** What our manager owns. */
  readonly owned: FieldNode | undefined;
  /** What anybody owns: tells keyed lists from others where Kubernetes' own schema is not meant. */
  readonly shape: FieldNode | undefined;
  /** Kubernetes' own kind: its lists are known, and the server leaves out fields with a zero value. */
  readonly isBuiltIn: boolean;
  /** Whether two unequal scalars at a pointer mean the same. */
  readonly areEquivalent: (pointer: string, target: JsonValue, live: JsonValue) => boolean;
}

/**
 * Compares what the target says with what live has: fields only in live do not differ, for the server, its controllers
 * or other managers put them there; those that our manager owns and the target lacks do, for Git dropped them. Lists go
 * by their keys where they have some, else as a whole. Takes time proportional to both objects.
 */
export function compareFields(
  target: JsonObject,
  live: JsonObject,
  knowledge: FieldKnowledge,
): FieldComparison {
  const walk: Walk = { ...knowledge, differing: [], isUndecided: false, ownsTarget: true };
  compareMaps(walk, { pointer: "", owned: knowledge.owned, shape: knowledge.shape }, { target, live });
  return {
    differing: walk.differing,
    isUndecided: walk.isUndecided && walk.differing.length === 0,
    ownsTarget: walk.ownsTarget,
  };
}

interface Walk extends FieldKnowledge {
  readonly differing: string[];
  isUndecided: boolean;
  ownsTarget: boolean;
}

/** Where the walk is. */
interface Place {
  readonly pointer: string;
  readonly owned: FieldNode | undefined;
  readonly shape: FieldNode | undefined;
  /** Set inside a map or list that is one value to the server: whether our manager owns that value. */
  readonly whole?: "ours" | "theirs";
}

interface Sides<T, L = T> {
  readonly target: T;
  readonly live: L;
}

function compareValues(walk: Walk, place: Place, sides: Sides<JsonValue, JsonValue | undefined>): void {
  const { target, live } = sides;
  if (target === null) return;
  if (live === undefined || live === null) {
    compareWithNothing(walk, place, target);
  } else if (isJsonArray(target) && isJsonArray(live)) {
    compareLists(walk, place, { target, live });
  } else if (isJsonObject(target) && isJsonObject(live)) {
    compareMaps(walk, isWhole(place, target) ? whole(place) : place, { target, live });
  } else {
    expectOwned(walk, place);
    if (target !== live && !walk.areEquivalent(place.pointer, target, live)) {
      walk.differing.push(place.pointer);
    }
  }
}

/**
 * The server leaves out empty lists, many empty maps, and in its own kinds zero values. Whether it did, or somebody
 * removed the field, shows in who owns it: a removed field has no owner.
 */
function compareWithNothing(walk: Walk, { pointer, owned, whole: around }: Place, target: JsonValue): void {
  const isZero = target === false || target === "" || target === 0;
  if (isJsonArray(target) && target.length === 0) return;
  if (!isBlank(target) && !(isZero && walk.isBuiltIn)) {
    walk.differing.push(pointer);
  } else if (owned === undefined && around !== "ours") {
    walk.isUndecided = true;
    walk.ownsTarget = false;
  }
}

function compareMaps(walk: Walk, place: Place, { target, live }: Sides<JsonObject>): void {
  const { pointer, owned, shape, whole: around } = place;
  for (const name in target) {
    const child: Place = {
      pointer: joinPointer(pointer, name),
      owned: childField(owned, name),
      shape: childField(shape, name),
      ...(around === undefined ? {} : { whole: around }),
    };
    const value = Object.hasOwn(live, name) ? live[name] : undefined;
    compareValues(walk, child, { target: target[name] ?? null, live: value });
  }
  if (around === "theirs" && Object.keys(live).some((name) => isAbsent(target, name))) {
    walk.isUndecided = true;
  }
  if (around === undefined && owned !== undefined) findRemoved(walk, place, { target, live });
}

/** Fields we own, the target lacks and live still has: Git dropped them. */
function findRemoved(walk: Walk, { pointer, owned = {} }: Place, { target, live }: Sides<JsonObject>): void {
  for (const name of childNames(owned)) {
    if (!isAbsent(target, name)) continue;
    const node = childField(owned, name);
    if (node !== undefined && hasOwnedValue(node, live[name])) {
      walk.differing.push(joinPointer(pointer, name));
    }
  }
}

function compareLists(walk: Walk, place: Place, sides: Sides<readonly JsonValue[]>): void {
  const strategy = place.whole === undefined ? strategyOf(walk, place) : "atomic";
  if (strategy === "set") compareSets(walk, place, sides);
  else if (strategy === "atomic") compareWholeLists(walk, whole(place), sides);
  else compareKeyedLists(walk, place, { ...sides, keys: strategy });
}

function strategyOf(walk: Walk, { pointer, owned, shape }: Place): ListKeys | "set" | "atomic" {
  const known = walk.isBuiltIn ? listStrategyAt(pointer) : "atomic";
  if (known !== "atomic") return known;
  const names = itemKeys(shape) ?? itemKeys(owned);
  if (names !== undefined) return { names, defaults: {}, isOrdered: false };
  return setItems(shape) === undefined && setItems(owned) === undefined ? "atomic" : "set";
}

function compareWholeLists(walk: Walk, place: Place, { target, live }: Sides<readonly JsonValue[]>): void {
  expectOwned(walk, place);
  if (target.length !== live.length) {
    walk.differing.push(place.pointer);
    return;
  }
  for (const [index, item] of target.entries()) {
    const child = { ...place, pointer: `${place.pointer}/${index}` };
    compareValues(walk, child, { target: item, live: live[index] });
  }
}

function compareSets(
  walk: Walk,
  { pointer, owned }: Place,
  { target, live }: Sides<readonly JsonValue[]>,
): void {
  const held = new Set(live.map(canonicalJson));
  const wanted = new Set(target.map(canonicalJson));
  const ours = new Set((setItems(owned) ?? []).map(canonicalJson));
  for (const [index, item] of target.entries()) {
    const text = canonicalJson(item);
    if (!held.has(text)) walk.differing.push(`${pointer}/${index}`);
    if (!ours.has(text)) walk.ownsTarget = false;
  }
  for (const [index, item] of live.entries()) {
    const text = canonicalJson(item);
    if (ours.has(text) && !wanted.has(text)) walk.differing.push(`${pointer}/${index}`);
  }
}

interface KeyedSides extends Sides<readonly JsonValue[]> {
  readonly keys: ListKeys;
}

function compareKeyedLists(walk: Walk, place: Place, { target, live, keys }: KeyedSides): void {
  const liveItems = indexItems(live, keys);
  const targetItems = indexItems(target, keys);
  if (liveItems === undefined || targetItems === undefined) {
    compareWholeLists(walk, whole(place), { target, live });
    return;
  }
  const ours = keyedItems(place.owned);
  const shapes = keyedItems(place.shape);
  let lastIndex = -1;
  for (const [id, { item, index }] of targetItems) {
    const pointer = `${place.pointer}/${index}`;
    const found = liveItems.get(id);
    if (found === undefined) {
      walk.differing.push(pointer);
      continue;
    }
    if (keys.isOrdered && found.index < lastIndex) walk.isUndecided = true;
    lastIndex = found.index;
    const owned = ours.get(id);
    if (owned === undefined) walk.ownsTarget = false;
    compareMaps(walk, { pointer, owned, shape: shapes.get(id) }, { target: item, live: found.item });
  }
  for (const [id, { index }] of liveItems) {
    if (ours.has(id) && !targetItems.has(id)) walk.differing.push(`${place.pointer}/${index}`);
  }
}

/** A map that our manager owns as one value, by what the server recorded. */
function isWhole({ owned, shape, whole: around }: Place, target: JsonObject): boolean {
  if (around !== undefined) return false;
  const node = owned ?? shape;
  return node !== undefined && isLeaf(node) && Object.keys(target).length > 0;
}

function whole(place: Place): Place {
  return place.whole === undefined
    ? { ...place, whole: place.owned === undefined ? "theirs" : "ours" }
    : place;
}

function expectOwned(walk: Walk, { owned, whole: around }: Place): void {
  if (around === "ours" || (around === undefined && owned !== undefined)) return;
  walk.ownsTarget = false;
}

/** Nothing to apply: null, an empty list, or a map with nothing to apply in it. */
export function isBlank(value: JsonValue): boolean {
  if (isJsonArray(value)) return value.length === 0;
  return value === null || (isJsonObject(value) && Object.values(value).every(isBlank));
}

function isAbsent(target: JsonObject, name: string): boolean {
  return !Object.hasOwn(target, name) || target[name] === null;
}
