import { isBlank } from "./field-comparison.ts";
import { isJsonArray, isJsonObject, type JsonValue, valueAt } from "./json.ts";
import { joinPointer } from "./json-pointer.ts";
import { indexItems, listStrategyAt } from "./merge-keys.ts";

/** One value as it was applied, is wanted, and is. */
export interface ThreeWay {
  readonly before: JsonValue;
  readonly target: JsonValue | undefined;
  readonly live: JsonValue | undefined;
}

/**
 * Pointers of what was applied, is no longer wanted, and is still there. Lists that go by no keys are the target's to
 * decide.
 */
export function findDropped(pointer: string, { before, target, live }: ThreeWay): readonly string[] {
  if (live === undefined || live === null || before === null) return [];
  if (target === undefined || target === null) return isStillThere(before, live) ? [pointer] : [];
  if (isJsonArray(before) && isJsonArray(live) && isJsonArray(target)) {
    return findDroppedItems(pointer, { before, target, live });
  }
  if (!isJsonObject(before)) return [];
  return Object.entries(before).flatMap(([name, value]) =>
    findDropped(joinPointer(pointer, name), {
      before: value,
      target: valueAt(target, name),
      live: valueAt(live, name),
    }),
  );
}

/** Whether anything of what was applied is left. */
function isStillThere(before: JsonValue, live: JsonValue | undefined): boolean {
  if (live === undefined || live === null || isBlank(before)) return false;
  if (!isJsonObject(before) || !isJsonObject(live)) return true;
  return Object.entries(before).some(([name, value]) => isStillThere(value, valueAt(live, name)));
}

function findDroppedItems(
  pointer: string,
  lists: Readonly<Record<"before" | "target" | "live", readonly JsonValue[]>>,
): readonly string[] {
  const strategy = listStrategyAt(pointer);
  if (strategy === "set" || strategy === "atomic") return [];
  const [before, target, live] = [lists.before, lists.target, lists.live].map((list) =>
    indexItems(list, strategy),
  );
  if (before === undefined || target === undefined || live === undefined) return [];
  return [...before].flatMap(([id, { item }]) => {
    const found = live.get(id);
    return findDropped(`${pointer}/${found?.index ?? ""}`, {
      before: item,
      target: target.get(id)?.item,
      live: found?.item,
    });
  });
}
