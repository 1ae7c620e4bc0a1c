import { FIELD_MANAGER } from "./cluster.ts";
import type { ComparedResource } from "./comparison.ts";
import { childField, type FieldNode, managersOf } from "./field-ownership.ts";
import { parsePointer } from "./json-pointer.ts";
import type { LiveManifest } from "./manifest.ts";
import { describeResource } from "./resource-key.ts";
import { formatResourceSelector } from "./resource-selector.ts";

/** How often self-heal has healed each object in a row, by its selector; kept with the operation that did it last. */
export type Heals = Readonly<Record<string, Heal>>;

export interface Heal {
  readonly times: number;
  /** Milliseconds since the epoch. */
  readonly lastAt: number;
  /** The field manager that had changed it; absent where nobody knows. */
  readonly by?: string;
}

/** Healed this often in a row, an object is taken to be fought over: somebody else wants it otherwise. */
const HEALS_BEFORE_CONTESTED = 3;

/** Such an object is healed no more often than this: to see whether the other one has given up. */
export const CONTESTED_DELAY_MS = 600_000;

/** Left in peace for longer than the fight's own pace, it is fought over no more. */
const FORGOTTEN_AFTER_MS = 2 * CONTESTED_DELAY_MS;

export function isContested({ key }: ComparedResource, heals: Heals | undefined, now: number): boolean {
  const heal = heals?.[formatResourceSelector(key)];
  return heal !== undefined && isRecent(heal, now) && heal.times >= HEALS_BEFORE_CONTESTED;
}

/** The record after these have been healed as well. */
export function withHealed(
  before: Heals | undefined,
  healed: readonly ComparedResource[],
  now: number,
): Heals {
  const record = new Map(Object.entries(before ?? {}).filter(([, heal]) => isRecent(heal, now)));
  for (const { key } of healed) {
    const selector = formatResourceSelector(key);
    record.set(selector, { times: (record.get(selector)?.times ?? 0) + 1, lastAt: now });
  }
  return Object.fromEntries(record);
}

/** Objects whose next heal is the last one for long: who it is that changes them is worth a question now. */
export function aboutToBeContested(
  healed: readonly ComparedResource[],
  heals: Heals,
): readonly ComparedResource[] {
  return healed.filter(
    ({ key, live }) =>
      live !== undefined && (heals[formatResourceSelector(key)]?.times ?? 0) >= HEALS_BEFORE_CONTESTED,
  );
}

/** The record with who it was. */
export function withOther(heals: Heals, { key }: Pick<ComparedResource, "key">, by: string): Heals {
  const selector = formatResourceSelector(key);
  const heal = heals[selector];
  return heal === undefined ? heals : { ...heals, [selector]: { ...heal, by } };
}

/** Who changes what, of the first of them, to be shown behind the Application's name. */
export function describeContested(contested: readonly ComparedResource[], heals: Heals | undefined): string {
  const [first, ...others] = contested;
  if (first === undefined) return "";
  const by = heals?.[formatResourceSelector(first.key)]?.by;
  const more = others.length === 0 ? "" : `, and so it is with ${others.length} more`;
  return `is fought over: ${whoDoesWhat(first, by)} each time it is healed${more}. It is healed again every ${CONTESTED_DELAY_MS / 60_000} minutes, and by \`/sync\``;
}

function isRecent({ lastAt }: Heal, now: number): boolean {
  return now - lastAt <= FORGOTTEN_AFTER_MS;
}

function whoDoesWhat(
  { key, live, requiresPruning, differingFields }: ComparedResource,
  by: string | undefined,
): string {
  const object = describeResource(key);
  if (live === undefined) return `somebody deletes ${object}`;
  const who = by === undefined ? "somebody" : `\`${by.replaceAll("`", "'")}\``;
  if (requiresPruning) return `${who} makes ${object} again`;
  const [field = ""] = differingFields;
  return `${who} changes ${field === "" ? "" : `\`${field.replaceAll("`", "'")}\` of `}${object}`;
}

/**
 * The other manager that owns most of the way to a field, and of those the last one that wrote; `undefined` where there
 * is none.
 * @param live - with all its `managedFields`: watched objects keep ours only.
 */
export function otherManagerOf(live: Pick<LiveManifest, "object">, field: string): string | undefined {
  const steps = parsePointer(field) ?? [];
  const others = managersOf(live)
    .filter(({ manager }) => manager !== FIELD_MANAGER)
    .map((entry) => ({ ...entry, depth: depthOf(entry.fields, steps) }))
    .sort((a, b) => b.depth - a.depth || (a.time < b.time ? 1 : -1));
  return others[0]?.manager;
}

/** How many steps lead into what is owned; items of lists go by keys, which a pointer does not say. */
function depthOf(fields: FieldNode, steps: readonly string[]): number {
  let node: FieldNode | undefined = fields;
  let depth = 0;
  for (const step of steps) {
    node = childField(node, step);
    if (node === undefined) break;
    depth += 1;
  }
  return depth;
}
