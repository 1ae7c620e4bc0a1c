import type { ParseArgsOptionsConfig } from "node:util";

import { visibleLine } from "../report/markdown.ts";

/** Everything a command may touch of the outside world, beside the functions it was made with. */
export interface CommandContext {
  readonly args: {
    readonly positionals: readonly string[];
    readonly values: Readonly<Record<string, unknown>>;
  };
  /** Standard output: what scripts read. */
  readonly print: (line: string) => void;
  /** Standard error: what people read beside it: warnings, progress, failures. */
  readonly warn: (line: string) => void;
}

/** Follows diff(1): 0 nothing to say, 1 there is a difference or something is unhealthy or invalid, 2 trouble. */
export type ExitCode = 0 | 1 | 2;

/** A command as data; it never prints, exits or reads the environment by itself. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly usage: string;
  readonly options: ParseArgsOptionsConfig;
  /** `options`: any other word is a mistake. */
  readonly takes: "options" | "words";
  /** Lines for `--help`, one an option. */
  readonly help: readonly string[];
  run(context: CommandContext): Promise<ExitCode>;
}

/** The command line does not say what is wanted. Printed with the usage; exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/**
 * Prints for people: what others wrote may hold names that a terminal would obey, or that would read otherwise than they
 * are (T144), so control and bidirectional characters are spelled out.
 */
export function sayTo({ print }: Pick<CommandContext, "print">): (text: string) => void {
  return (text) => print(safeText(text));
}

/** Text of any number of lines in which nothing is hidden. */
export function safeText(text: string): string {
  return text.split("\n").map(visibleLine).join("\n");
}

/** An option given at most once, or `undefined`. */
export function textOption(context: Pick<CommandContext, "args">, name: string): string | undefined {
  const value = context.args.values[name];
  return typeof value === "string" ? value : undefined;
}

/** An option that may be repeated. */
export function listOption(context: CommandContext, name: string): readonly string[] {
  const value = context.args.values[name];
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
}

export function hasFlag(context: CommandContext, name: string): boolean {
  return context.args.values[name] === true;
}

/** `-o`, one of `allowed`; the first is the default. */
export function outputOption<T extends string>(context: CommandContext, allowed: readonly [T, ...T[]]): T {
  const wanted = textOption(context, "output") ?? allowed[0];
  const found = allowed.find((one) => one === wanted);
  if (found === undefined) throw new UsageError(`-o is one of ${allowed.join(", ")}, not ${wanted}`);
  return found;
}
