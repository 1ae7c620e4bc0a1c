import { resolve } from "node:path";
import { createFolderControlPlane } from "../adapters/control-plane/folder.ts";
import { createSystemClock } from "../adapters/system/clock.ts";
import type { ApplicationChoice } from "../cli/application-choice.ts";
import { readControlPlane } from "../config/control-plane.ts";
import { createDefinitionReader } from "../config/definition-reader.ts";
import { type Application, applicationId } from "../domain/application.ts";
import type { ApplicationDefinition, ConfigProblem, ControlPlaneSnapshot } from "../domain/control-plane.ts";
import { DEFAULT_PROJECT } from "../domain/project.ts";
import type { RepositoryProtocol } from "../domain/repository-url.ts";
import { OperationError } from "../errors/operation-error.ts";
import { readDefinitionsAt } from "./cli-definition-files.ts";
import type { CliOptions } from "./cli-options.ts";

/** Whoever writes the URLs is whoever runs the command: folders of this machine may be among them. */
export const CLI_PROTOCOLS: readonly RepositoryProtocol[] = ["https", "http", "ssh", "file"];

/** An Application, and the definitions it was found among. */
export interface ChosenDefinition {
  readonly application: Application;
  readonly snapshot: ControlPlaneSnapshot;
  readonly warnings: readonly string[];
}

/**
 * The Application a command names, and what to judge it by.
 * @throws OperationError FileUnreadable, ApplicationMissing, ApplicationAmbiguous, DefinitionInvalid
 */
export async function chooseDefinition(
  choice: ApplicationChoice,
  options: CliOptions,
): Promise<ChosenDefinition> {
  const found = await readChosen(choice, options);
  const { value: application } = pick(choice, found);
  // A file on its own may leave its project to the control plane; a control plane may not.
  const { snapshot, warnings } =
    choice.file === "" ? { snapshot: found, warnings: [] } : withUnjudgedProjects(found, [application]);
  return { application, snapshot, warnings: [...problemsAbout(application, found), ...warnings] };
}

function readChosen({ file }: ApplicationChoice, options: CliOptions): Promise<ControlPlaneSnapshot> {
  return file === "" ? readControlPlaneFolder(options) : readDefinitionFiles([file], options);
}

/** Reads definitions from files, and from what is below folders, as the operator's control plane would be read. @throws OperationError FileUnreadable */
export async function readDefinitionFiles(
  files: readonly string[],
  options: CliOptions,
): Promise<ControlPlaneSnapshot> {
  const texts = await Promise.all(files.map((file) => readDefinitionsAt(file, options)));
  return readControlPlane(texts.flat(), { protocols: CLI_PROTOCOLS });
}

/** The control plane's folder, as `PLUMBLINE_CONTROL_PLANE` names it. @throws OperationError ControlPlaneUnreadable */
async function readControlPlaneFolder({
  environment,
  workingDirectory,
  log,
}: CliOptions): Promise<ControlPlaneSnapshot> {
  const named = environment["PLUMBLINE_CONTROL_PLANE"] ?? "";
  if (named.startsWith("kubernetes:")) {
    const problem =
      "`PLUMBLINE_CONTROL_PLANE` names a namespace: control planes in Kubernetes are not built yet, use `directory:PATH`";
    throw OperationError.of("SettingsInvalid", { problems: [problem] });
  }
  const directory = named === "" ? "control-plane" : named.replace(/^directory:/, "");
  const reader = createDefinitionReader({ protocols: CLI_PROTOCOLS });
  const clock = createSystemClock();
  const folder = await createFolderControlPlane({
    directory: resolve(workingDirectory, directory),
    reader,
    clock,
    log,
  });
  try {
    return folder.current();
  } finally {
    await folder.close();
  }
}

/** The one Application that is meant. */
function pick(choice: ApplicationChoice, snapshot: ControlPlaneSnapshot): ApplicationDefinition {
  const { applications, problems } = snapshot;
  const where = choice.file === "" ? "the control plane" : `\`${choice.file}\``;
  const matching = applications.filter(({ value }) => isNamed(value, choice.name));
  const broken = problems.filter((problem) => isUnreadableApplication(problem, choice.name, snapshot));
  const [found, ...others] = matching;
  const names = (choice.name === "" ? applications : matching).map(({ value }) => applicationId(value));
  if (others.length > 0) throw OperationError.of("ApplicationAmbiguous", { where, names });
  // Without a name, the one that is broken may be the one that is meant.
  if (broken.length > 0) throw OperationError.of("DefinitionInvalid", { problems: broken.map(lineOf) });
  if (found === undefined) {
    const all = applications.map(({ value }) => applicationId(value));
    throw OperationError.of("ApplicationMissing", { where, names: all });
  }
  mustBeUsable(found);
  return found;
}

function isNamed(application: Application, name: string): boolean {
  return name === "" || application.name === name || applicationId(application) === name;
}

function isUnreadableApplication(
  { severity, subject }: ConfigProblem,
  name: string,
  { applications }: ControlPlaneSnapshot,
): boolean {
  if (severity !== "error") return false;
  if (subject === undefined) return applications.length === 0;
  const isMeant = name === "" || subject.name === name || `${subject.namespace}/${subject.name}` === name;
  const isKnown = applications.some(
    ({ value }) => value.name === subject.name && value.namespace === subject.namespace,
  );
  return subject.kind === "Application" && isMeant && !isKnown;
}

/**
 * What a command of the terminal finds out in its own way, or need not know: the cluster is the kubeconfig's, and
 * projects are judged where objects are.
 */
const JUDGED_ELSEWHERE: ReadonlySet<string> = new Set([
  "DestinationUnknown",
  "DestinationAmbiguous",
  "ProjectMissing",
  "ProjectForbids",
  "NamespaceNotAdmitted",
]);

/** @throws OperationError DefinitionInvalid for an Application that is well-formed and can still not be rendered */
export function mustBeUsable({ problems }: Pick<ApplicationDefinition, "problems">): void {
  const grave = problems.filter(
    ({ severity, reason }) => severity === "error" && !JUDGED_ELSEWHERE.has(reason),
  );
  if (grave.length > 0) throw OperationError.of("DefinitionInvalid", { problems: grave.map(lineOf) });
}

/**
 * A project that no file defines restricts nothing, where no file defines any: the cluster is reached with the user's
 * own rights. Where some are defined, a missing one is missing.
 */
export function withUnjudgedProjects(
  snapshot: ControlPlaneSnapshot,
  applications: readonly Application[],
): { readonly snapshot: ControlPlaneSnapshot; readonly warnings: readonly string[] } {
  const { projects } = snapshot;
  if (projects.some(({ file }) => file !== "")) return { snapshot, warnings: [] };
  const known = new Set(projects.map(({ value }) => value.name));
  const missing = [...new Set(applications.map(({ project }) => project))].filter((name) => !known.has(name));
  const open = missing.map((name) => ({
    value: { ...DEFAULT_PROJECT, name, sourceNamespaces: ["*"] },
    file: "",
    isStale: false,
  }));
  return {
    snapshot: { ...snapshot, projects: [...projects, ...open] },
    warnings: missing.map((name) => `AppProject \`${name}\` is not defined here: its rules are not checked`),
  };
}

/** What keeps definitions from being read or used, but for what a command finds out where it renders and judges. */
export function definitionErrors({
  problems,
}: Pick<ControlPlaneSnapshot, "problems">): readonly ConfigProblem[] {
  return problems.filter(
    ({ severity, reason }) =>
      severity === "error" && !JUDGED_ELSEWHERE.has(reason) && reason !== "FieldCannotBeRendered",
  );
}

/** What is wrong with the Application's own document, and does not keep it from being used. */
function problemsAbout(application: Application, { problems }: ControlPlaneSnapshot): readonly string[] {
  const own = problems.filter(
    ({ severity, reason, subject }) =>
      severity === "warning" &&
      !JUDGED_ELSEWHERE.has(reason) &&
      subject?.kind === "Application" &&
      subject.name === application.name &&
      subject.namespace === application.namespace,
  );
  return own.map((problem) => `${lineOf(problem)}. ${problem.remedy}`);
}

/** A problem on one line, with its place. */
export function lineOf({ file, document, line, field, title }: ConfigProblem): string {
  const place = line > 0 ? `${file}:${line}` : document > 0 ? `${file} (document ${document})` : file;
  return `${place}${field === "" || title.includes(`\`${field}\``) ? "" : ` ${field}`}: ${title}`;
}
