import { isAbsolute, join } from "node:path";

import { isJsonObject, type JsonObject, type JsonValue, stringAt, valueAt } from "../../domain/json.ts";
import { OperationError } from "../../errors/operation-error.ts";
import type { Clock } from "../../ports/clock.ts";
import { inlineOrFile, type KubeconfigContext, readText } from "./kubeconfig.ts";
import { rememberFor } from "./remember-for.ts";
import { authorization } from "./secret-sign-in.ts";
import type { SignIn, SignInSource, TlsOptions } from "./sign-in.ts";

/** Tokens of exec plugins and token files end without telling us; they are read again at least this often. */
const READ_AGAIN_AFTER_MS = 60_000;

/**
 * The user's own kubeconfig, whose exec plugins may run: whoever wrote it can run programs here anyway. The Kubernetes
 * client is loaded only for those, because it costs 50 MB.
 */
export function createKubeconfigSignIn(
  context: KubeconfigContext,
  clock: Pick<Clock, "monotonic">,
): SignInSource {
  const changes = runsPlugin(context) || stringAt(context.user, "tokenFile") !== undefined;
  const ageMsMax = changes ? READ_AGAIN_AFTER_MS : Number.POSITIVE_INFINITY;
  return { destination: context.server, ...rememberFor(ageMsMax, clock, () => signInOf(context)) };
}

async function signInOf(context: KubeconfigContext): Promise<SignIn> {
  const { server, cluster, user } = context;
  if (textOf(cluster, "proxy-url") !== "") throw invalid("`proxy-url` is not supported yet");
  if (textOf(user, "as") !== "") throw invalid("impersonation (`as`) is not supported yet");
  if (!URL.canParse(server)) throw invalid("its server is not a URL");
  const tls = await tlsOf(context);
  if (runsPlugin(context)) return pluginSignIn(context, tls);
  const tokenFile = textOf(user, "tokenFile");
  const token = tokenFile === "" ? textOf(user, "token") : await readText(tokenFile, "its `tokenFile`");
  const [username, password] = [textOf(user, "username"), textOf(user, "password")];
  return { server, tls, headers: authorization({ bearerToken: token.trim(), username, password }) };
}

async function tlsOf({ cluster, user, clusterFolder, userFolder }: KubeconfigContext): Promise<TlsOptions> {
  const ca = await inlineOrFile(cluster, "certificate-authority", clusterFolder);
  const cert = await inlineOrFile(user, "client-certificate", userFolder);
  const key = await inlineOrFile(user, "client-key", userFolder);
  const serverName = textOf(cluster, "tls-server-name");
  return {
    verify: valueAt(cluster, "insecure-skip-tls-verify") === true ? "never" : "always",
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(serverName === "" ? {} : { serverName }),
  };
}

function textOf(map: JsonObject, name: string): string {
  return stringAt(map, name) ?? "";
}

function runsPlugin({ user }: KubeconfigContext): boolean {
  return user["exec"] !== undefined || user["auth-provider"] !== undefined;
}

/** Lets the Kubernetes client run the plugin, and takes from it the token or client certificate. */
async function pluginSignIn(context: KubeconfigContext, tls: TlsOptions): Promise<SignIn> {
  const { KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: "cluster", server: context.server, skipTLSVerify: tls.verify === "never" }],
    users: [{ name: "user", exec: execOf(context), authProvider: context.user["auth-provider"] }],
    contexts: [{ name: "context", cluster: "cluster", user: "user" }],
    currentContext: "context",
  });
  const options: { headers?: Record<string, string>; cert?: string; key?: string } = {};
  try {
    await config.applyToHTTPSOptions(options);
  } catch (cause) {
    throw OperationError.of("KubeconfigInvalid", { problem: pluginProblem(context, cause) }, { cause });
  }
  const token = options.headers?.["Authorization"];
  return {
    server: context.server,
    tls: {
      ...tls,
      ...(options.cert === undefined ? {} : { cert: options.cert }),
      ...(options.key === undefined ? {} : { key: options.key }),
    },
    headers: token === undefined ? {} : { authorization: token },
  };
}

/** As kubectl finds it: on the PATH, or beside the kubeconfig. */
function execOf({ user, userFolder }: KubeconfigContext): JsonValue | undefined {
  const { exec } = user;
  const command = stringAt(user, "exec", "command") ?? "";
  if (!isJsonObject(exec) || !command.includes("/") || isAbsolute(command)) return exec;
  return { ...exec, command: join(userFolder, command) };
}

/** Without the plugin's own words: they may hold what it signs in with. */
function pluginProblem({ user }: KubeconfigContext, cause: unknown): string {
  const command = stringAt(user, "exec", "command") ?? "";
  if (command === "") return "its plugin for credentials failed";
  const isMissing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
  return `its plugin for credentials, \`${command}\`, ${isMissing ? "is not installed" : "failed; run it by hand to see why"}`;
}

function invalid(problem: string): OperationError {
  return OperationError.of("KubeconfigInvalid", { problem });
}
