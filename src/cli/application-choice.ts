import { type CommandContext, textOption, UsageError } from "./command.ts";

/** Which Application: the one of a file, one of several in it, or one of the control plane's folder. */
export interface ApplicationChoice {
  /** `-` is standard input, `""` the control plane. */
  readonly file: string;
  /** `NAME` or `NAMESPACE/NAME`; `""` where the file has only one. */
  readonly name: string;
}

/** Lines of `--help` for `-f` and NAME. */
export const APPLICATION_HELP = [
  "-f APP.yaml          the Application's manifest, - for standard input, or a folder; with NAME where there are several",
  "NAME                 an Application of the control plane's folder (PLUMBLINE_CONTROL_PLANE)",
] as const;

/** @throws UsageError unless at least one of `-f FILE` and `NAME` is there, and the name is one */
export function applicationChoice(context: Pick<CommandContext, "args">): ApplicationChoice {
  const file = textOption(context, "file") ?? "";
  const [name = "", ...more] = context.args.positionals;
  if (more.length > 0) throw new UsageError(`one Application at a time, not also ${more.join(" ")}`);
  if (file === "" && /\.(ya?ml|json)$/.test(name))
    throw new UsageError(`\`${name}\` is the name of a file: say -f ${name}`);
  if (file === "" && name === "") throw new UsageError("say which Application: -f APP.yaml, or NAME");
  return { file, name };
}
