import { readdirSync, readFileSync } from "node:fs";

/** Milliseconds that `work` took, and what it gave. */
export async function timed<T>(work: () => Promise<T>): Promise<{ readonly ms: number; readonly value: T }> {
  const started = performance.now();
  const value = await work();
  return { ms: performance.now() - started, value };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]];
  if (low === undefined || high === undefined) throw new RangeError("a median of nothing");
  return (low + high) / 2;
}

/** Slope of log(cost) over log(size), by least squares: 0 for a constant, 1 for linear. Costs of 0 count as constant. */
export function growthExponent(points: readonly { readonly size: number; readonly cost: number }[]): number {
  if (points.every(({ cost }) => cost === points[0]?.cost)) return 0;
  const logs = points.map(({ size, cost }) => [Math.log(size), Math.log(Math.max(cost, 1e-9))] as const);
  const mean = (at: 0 | 1) => logs.reduce((sum, point) => sum + point[at], 0) / logs.length;
  const [x, y] = [mean(0), mean(1)];
  const above = logs.reduce((sum, [a, b]) => sum + (a - x) * (b - y), 0);
  return above / logs.reduce((sum, [a]) => sum + (a - x) ** 2, 0);
}

export interface ProcessUse {
  /** Of the process and of its children that have ended. */
  readonly cpuSeconds: number;
  readonly residentMb: number;
  readonly peakResidentMb: number;
}

/** Linux counts a process's time in hundredths of a second, whatever the kernel's own tick is. */
const TICKS_A_SECOND = 100;

export function processUse(pid: number): ProcessUse {
  // The name in parentheses may hold anything; what follows the last one is numbers.
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  const ticks = [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0);
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const megabytes = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0) / 1_024;
  return {
    cpuSeconds: ticks / TICKS_A_SECOND,
    residentMb: megabytes("VmRSS"),
    peakResidentMb: megabytes("VmHWM"),
  };
}

/** Processes that `pid` started and that still run, with their command lines. */
export function childrenOf(pid: number): readonly { readonly pid: number; readonly command: string }[] {
  return readdirSync(`/proc/${pid}/task`)
    .flatMap((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").trim().split(" "))
    .filter((text) => text !== "")
    .map((text) => ({ pid: Number(text), command: commandLine(text) }));
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}
