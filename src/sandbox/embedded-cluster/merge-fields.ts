import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from "../../domain/json.ts";
import { childOf, type FieldSet, unionOf } from "./field-set.ts";
import type { Shape } from "./shapes.ts";
import { type Part, partsOf } from "./typed-fields.ts";

/** `applied` laid over `live`: objects field by field, keyed lists item by item, all else replaced. */
export function mergeFields(live: JsonValue | undefined, applied: JsonValue, shape: Shape): JsonValue {
  const [old, now] = [partsOf(live, shape), partsOf(applied, shape)];
  if (old === undefined || now === undefined) return applied;
  const merged = mergedOrder([...old.parts.keys()], [...now.parts.keys()]).map((step) => {
    const [before, after] = [old.parts.get(step), now.parts.get(step)];
    const value = after === undefined ? before?.value : mergeFields(before?.value, after.value, after.shape);
    return [step, value ?? null] as const;
  });
  if (now.kind !== "object") return merged.map(([, value]) => value);
  return Object.fromEntries(merged.map(([step, value]) => [step.slice(2), value]));
}

/**
 * Takes the fields in `gone` out of a value, unless `kept` has them too. Objects that lose their last field go with it.
 */
export function removeFields(
  value: JsonObject,
  { gone, kept }: { readonly gone: FieldSet; readonly kept: FieldSet },
  shape: Shape,
): JsonObject {
  const result = without({ value, shape }, gone, kept);
  return isJsonObject(result) ? result : {};
}

/**
 * The set with every structure's named field that has members inside counted as a member itself: who stops applying
 * all of `livenessProbe` gives up `livenessProbe`, not just the fields written in it. Keys of plain maps are not so.
 */
export function withNamedFields(set: FieldSet, shape: Shape, isNamed = false): FieldSet {
  const children = [...set.children].map(([step, child]) => {
    const name = step.slice(2);
    const named = step.startsWith("f:") ? shape.fields?.get(name) : undefined;
    return [step, withNamedFields(child, named ?? shape.items ?? {}, named !== undefined)] as const;
  });
  return { isMember: set.isMember || (isNamed && children.length > 0), children: new Map(children) };
}

function without({ value, shape }: Part, gone: FieldSet, kept: FieldSet): JsonValue | undefined {
  // What is kept is not in `gone`; whoever owns only something inside an item does not keep the item.
  if (gone.isMember) return undefined;
  const parts = partsOf(value, shape);
  if (parts === undefined || gone.children.size === 0) return value;
  const left = [...parts.parts]
    .map(([step, part]) => [step, without(part, childOf(gone, step), childOf(kept, step))] as const)
    .filter((entry): entry is readonly [string, JsonValue] => entry[1] !== undefined);
  if (left.length === 0 && !kept.isMember) return undefined;
  if (isJsonArray(value)) return left.map(([, item]) => item);
  return Object.fromEntries(left.map(([step, field]) => [step.slice(2), field]));
}

/** All that others hold, as one set. */
export function unionOfAll(sets: Iterable<FieldSet>): FieldSet {
  return [...sets].reduce(unionOf, { isMember: false, children: new Map() });
}

/** The applied order where both name an item; live items that are not applied stay between their neighbours. */
function mergedOrder(live: readonly string[], applied: readonly string[]): readonly string[] {
  const inApplied = new Set(applied);
  const inLive = new Set(live);
  const shared = applied.filter((step) => inLive.has(step));
  const order: string[] = [];
  let [left, right] = [0, 0];
  while (left < live.length || right < applied.length) {
    const [mine, theirs] = [live[left], applied[right]];
    if (mine !== undefined && !inApplied.has(mine)) {
      order.push(mine);
      left++;
    } else if (mine !== undefined && theirs !== undefined && mine !== theirs && mine !== shared[0]) {
      // Its turn comes with the applied item.
      left++;
    } else if (theirs === undefined) {
      left++;
    } else {
      order.push(theirs);
      right++;
      if (theirs === shared[0]) shared.shift();
      if (mine === theirs) left++;
    }
  }
  return order;
}
