import { z } from "zod";
import type { ConfigProblem } from "../domain/control-plane.ts";
import { matchesPathGlob } from "../domain/glob.ts";
import { OperationError } from "../errors/operation-error.ts";
import { readKubernetesYaml, YAML_LIMITS } from "./kubernetes-yaml.ts";
import { nearestWord } from "./nearest.ts";
import { type FieldPath, formatFieldPath, problemAt } from "./notes.ts";

/** Where a repository says how Plumbline treats it; read from the base branch, never from a pull request's head. */
export const REPOSITORY_FILE = ".github/plumbline.yml";

/** It is a page of settings; what is longer was put there to cost time. */
const TEXT_MAX = 64 * 1024;
const PATHS_MAX = 100;
const PATH_CHARS_MAX = 500;
/** Nothing is held unless somebody asks for it: a change of a base that everybody uses is an ordinary one. */
const NO_LIMIT = Number.POSITIVE_INFINITY;

const DefinitionPath = z
  .string()
  .min(1, "is empty")
  .max(PATH_CHARS_MAX, `is longer than ${PATH_CHARS_MAX} characters`)
  .refine((path) => !path.startsWith("/"), "is absolute: paths are relative to the repository")
  .refine((path) => !path.split("/").includes(".."), "leaves the repository by `..`");

const RepositoryFile = z.strictObject({
  /**
   * Files that define Applications: paths, folders, or globs (`*` within a folder, `**` across folders). Only projects
   * that admit this repository by `plumbline.dev/definition-repos` take them. Default: none.
   */
  applications: z.array(DefinitionPath).max(PATHS_MAX, `has more than ${PATHS_MAX} entries`).default([]),
  comment: z
    .strictObject({
      /**
       * On which pull requests there is a comment: `affected` those that change some Application, `always`, `never`. Where
       * there is one already it is kept true in any case; commands are answered in any case.
       */
      when: z.enum(["affected", "always", "never"]).default("affected"),
    })
    .prefault({}),
  check: z
    .strictObject({
      /**
       * Beside the one check `plumbline`, one for each affected Application. They cannot be required: what is not affected
       * has none.
       */
      perApplication: z.boolean().default(false),
    })
    .prefault({}),
  limits: z
    .strictObject({
      /** A pull request that affects more Applications than this does not pass before `/diff --confirm DIGEST`. */
      applicationsMax: z.int().min(1).default(NO_LIMIT),
    })
    .prefault({}),
});

/** What `.github/plumbline.yml` decides, defaults filled in. */
export type RepositorySettings = z.output<typeof RepositoryFile>;

/** Without a file. */
export const DEFAULT_REPOSITORY_SETTINGS: RepositorySettings = RepositoryFile.parse({});

export interface RepositoryFileReading {
  /** Absent where the file has an error: half of what somebody wrote is not what they meant. */
  readonly settings?: RepositorySettings;
  readonly problems: readonly ConfigProblem[];
}

/** Reads `.github/plumbline.yml`; every problem of it at once, unknown keys among them. */
export function parseRepositoryFile(text: string): RepositoryFileReading {
  const limits = {
    ...YAML_LIMITS,
    textMax: TEXT_MAX,
    documentsMax: 1,
    nodesMax: 10_000,
    charactersMax: TEXT_MAX,
  };
  const { documents, problems } = readKubernetesYaml(text, limits);
  const [unreadable] = problems;
  if (unreadable !== undefined) {
    return { problems: [problemOf([], `is not readable: ${unreadable.message}`, () => unreadable.line)] };
  }
  const [document] = documents;
  const parsed = RepositoryFile.safeParse(document?.value ?? {});
  const lineOf = (path: FieldPath) => document?.lineOf(path) ?? 0;
  if (parsed.success) return { settings: parsed.data, problems: [] };
  return { problems: parsed.error.issues.flatMap((issue) => problemsOf(issue, lineOf)) };
}

/** Whether a file of the repository may define Applications. */
export function isDefinitionPath(
  { applications }: Pick<RepositorySettings, "applications">,
  path: string,
): boolean {
  if (!/\.(ya?ml|json)$/i.test(path)) return false;
  return applications.some((entry) => {
    const pattern = entry.replace(/^\.\//, "").replace(/\/+$/, "");
    if (pattern === "" || pattern === ".") return true;
    return path === pattern || path.startsWith(`${pattern}/`) || matchesPathGlob(pattern, path);
  });
}

function problemsOf(issue: z.core.$ZodIssue, lineOf: (path: FieldPath) => number): readonly ConfigProblem[] {
  const path = issue.path.map(String);
  if (issue.code !== "unrecognized_keys") return [problemOf(path, messageOf(issue), lineOf)];
  const known = knownKeys(path);
  return issue.keys.map((key) => {
    const nearest = nearestWord(key, known);
    const hint =
      nearest === "" ? `; known are ${known.map((name) => `\`${name}\``).join(", ")}` : `; \`${nearest}\` is`;
    return problemOf([...path, key], `is not a known setting${hint}`, lineOf);
  });
}

function messageOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return `is not ${WANTED[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return `is none of ${issue.values.map((value) => `\`${String(value)}\``).join(", ")}`;
    case "too_small":
      return issue.origin === "string" ? issue.message : `is less than ${issue.minimum}`;
    default:
      return issue.message;
  }
}

const WANTED: Readonly<Record<string, string>> = {
  array: "a list",
  boolean: "`true` or `false`",
  int: "a whole number",
  number: "a number",
  object: "an object",
  string: "a text",
};

function knownKeys([section]: FieldPath): readonly string[] {
  const defaults: Readonly<Record<string, unknown>> = DEFAULT_REPOSITORY_SETTINGS;
  const value = section === undefined ? defaults : defaults[section];
  return typeof value === "object" && value !== null ? Object.keys(value) : [];
}

function problemOf(path: FieldPath, problem: string, lineOf: (path: FieldPath) => number): ConfigProblem {
  const error = OperationError.of("RepositoryFileInvalid", { field: formatFieldPath(path), problem });
  const place = { file: REPOSITORY_FILE, document: 1, lineOf };
  return problemAt(place, path, { severity: "error", error });
}
