import { OperationError } from "../errors/operation-error.ts";
import { DIRECTORY_PREFIX, Variables } from "./environment-variables.ts";
import { nearestWord } from "./nearest.ts";
import { checkPrivateKey, type FileLookup } from "./private-key.ts";

/** What `serve` runs with. Holds secrets; never logged. */
export interface Environment {
  readonly appId: number;
  /** PEM. */
  readonly privateKey: string;
  readonly webhookSecret: string;
  readonly port: number;
  readonly host: string;
  readonly logLevel: "debug" | "info" | "warn" | "error";
  /** REST API without trailing slash. */
  readonly githubApiUrl: string;
  /** Where people look and where repositories are cloned from, without trailing slash. */
  readonly githubUrl: string;
  readonly controlPlane: { readonly kind: "directory"; readonly directory: string };
  readonly stateDirectory: string;
  readonly reconcileMs: number;
  readonly mode: "sync";
  /** For the log: variables that look like ours and are not. */
  readonly warnings: readonly string[];
}

/**
 * Reads the environment of `serve`. Unset and empty are the same.
 * @throws OperationError SettingsInvalid with all problems; values are never repeated in them
 */
export function parseEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  lookUpFile: FileLookup,
): Environment {
  const set = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ""),
  );
  const parsed = Variables.safeParse(set);
  const key = checkPrivateKey({ text: set["PRIVATE_KEY"], path: set["PRIVATE_KEY_PATH"] }, lookUpFile);
  const github = readGithubUrls(set);
  const problems = [
    ...(parsed.success
      ? []
      : parsed.error.issues.map(({ path, message }) => `\`${path.join(".")}\` ${message}`)),
    ...("problem" in key ? [key.problem] : []),
    ...("problem" in github ? [github.problem] : []),
  ];
  if (!parsed.success || "problem" in key || "problem" in github) {
    throw OperationError.of("SettingsInvalid", { problems });
  }
  const { data } = parsed;
  return {
    appId: Number(data.APP_ID),
    privateKey: key.pem,
    webhookSecret: data.WEBHOOK_SECRET,
    port: data.PORT,
    host: data.HOST,
    logLevel: data.LOG_LEVEL,
    ...github,
    controlPlane: {
      kind: "directory",
      directory: data.PLUMBLINE_CONTROL_PLANE.slice(DIRECTORY_PREFIX.length),
    },
    stateDirectory: data.PLUMBLINE_STATE_DIR,
    reconcileMs: data.PLUMBLINE_RECONCILE_SECONDS * 1_000,
    mode: "sync",
    warnings: unknownVariables(set),
  };
}

function readGithubUrls(
  set: Readonly<Record<string, string | undefined>>,
): Pick<Environment, "githubApiUrl" | "githubUrl"> | { readonly problem: string } {
  const { GHE_HOST: host, GITHUB_API_URL: api } = set;
  if (host !== undefined && api !== undefined) {
    return { problem: "`GHE_HOST` and `GITHUB_API_URL` are both set: one of them must go" };
  }
  const githubApiUrl = (
    api ?? (host === undefined ? "https://api.github.com" : `https://${host}/api/v3`)
  ).replace(/\/+$/, "");
  if (!URL.canParse(githubApiUrl)) return { problem: "`GITHUB_API_URL` is not a URL" };
  const url = new URL(githubApiUrl);
  const isLoopback = ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback)) {
    return { problem: "`GITHUB_API_URL` is not an `https://` URL" };
  }
  if (url.username !== "" || url.password !== "" || url.search !== "") {
    return { problem: "`GITHUB_API_URL` holds more than scheme, host and path" };
  }
  return { githubApiUrl, githubUrl: webUrlOf(url) };
}

/** github.com and its tenants have the API on a host of its own, Enterprise Servers below `/api/v3`. */
function webUrlOf({ protocol, host }: URL): string {
  const isApiHost = host === "api.github.com" || (host.startsWith("api.") && host.endsWith(".ghe.com"));
  return `${protocol}//${isApiHost ? host.slice("api.".length) : host}`;
}

function unknownVariables(set: Readonly<Record<string, unknown>>): readonly string[] {
  const known = Object.keys(Variables.shape);
  const unknown = Object.keys(set).filter((name) => name.startsWith("PLUMBLINE_") && !known.includes(name));
  return unknown.map((name) => {
    const nearest = nearestWord(name, known);
    return `\`${name}\` is not a setting of \`serve\`${nearest === "" ? "" : `; \`${nearest}\` is`}`;
  });
}
