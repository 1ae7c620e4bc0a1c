import type { ClusterCredentials } from "../domain/cluster-credentials.ts";
import type { ClusterDefinition, ConfigProblem } from "../domain/control-plane.ts";
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from "../domain/json.ts";
import type { DefinitionDocument } from "./definition-document.ts";
import { present } from "./fields.ts";
import { nearestWord } from "./nearest.ts";
import { readSecretData, type SecretData } from "./secret-data.ts";
import { normalizeServer, serverProblem } from "./server-url.ts";

export interface ClusterSecretReading {
  /** Present also with credentials that will be refused, so that Applications are told why, not that it is unknown. */
  readonly cluster?: ClusterDefinition;
  readonly problems: readonly ConfigProblem[];
}

/** A `cluster` Secret (argocd-behaviour §9.4). */
export function parseClusterSecret(document: DefinitionDocument): ClusterSecretReading {
  const data = readSecretData(document);
  const server = normalizeServer(data.text("server"));
  const problem = serverProblem(server);
  if (problem !== undefined) data.invalid("server", problem);
  const name = data.text("name").trim();
  const namespaces = data
    .text("namespaces")
    .split(",")
    .map((namespace) => namespace.trim());
  const clusterResources = data.text("clusterResources").trim() === "true";
  const project = data.text("project").trim();
  const credentials = readCredentials(data);
  data.text("shard");
  data.done();
  if (data.hasErrors()) return { problems: data.problems };
  refuseCredentials(data, { destination: name === "" ? server : name, credentials });
  const cluster = {
    name: name === "" ? server : name,
    server,
    namespaces: namespaces.filter((namespace) => namespace !== ""),
    clusterResources,
    project,
  };
  return { cluster: { cluster, credentials }, problems: data.problems };
}

function readCredentials(data: SecretData): ClusterCredentials {
  const text = data.text("config").trim();
  if (text === "") return {};
  const config = parseObject(text);
  if (config === undefined) {
    data.invalid("config", "is not a JSON object");
    return {};
  }
  const reader = createJsonReader(config, "config", data);
  const tls = config["tlsClientConfig"];
  const credentials = present<ClusterCredentials>({
    username: reader.text("username"),
    password: reader.text("password"),
    bearerToken: reader.text("bearerToken"),
    tlsClientConfig: isJsonObject(tls) ? readTls(tls, data) : undefined,
    disableCompression: reader.flag("disableCompression"),
    proxyUrl: reader.text("proxyUrl"),
    execProviderConfig: reader.object("execProviderConfig"),
    awsAuthConfig: reader.object("awsAuthConfig"),
  });
  reader.object("tlsClientConfig");
  reader.done();
  return credentials;
}

function readTls(tls: JsonObject, data: SecretData): NonNullable<ClusterCredentials["tlsClientConfig"]> {
  const reader = createJsonReader(tls, "config.tlsClientConfig", data);
  const result = present<NonNullable<ClusterCredentials["tlsClientConfig"]>>({
    insecure: reader.flag("insecure"),
    serverName: reader.text("serverName"),
    certData: reader.text("certData"),
    keyData: reader.text("keyData"),
    caData: reader.text("caData"),
  });
  reader.done();
  if (result.insecure === true && result.caData !== undefined) {
    data.invalid(
      "config",
      "has both `insecure` and `caData` in `tlsClientConfig`: one contradicts the other",
    );
  }
  if ((result.certData === undefined) !== (result.keyData === undefined)) {
    data.invalid("config", "has only one of `certData` and `keyData` in `tlsClientConfig`");
  }
  return result;
}

/** Programs named in a Secret are not run, and a proxy is not used, so far (the adapter refuses them again). */
function refuseCredentials(
  { notes }: SecretData,
  { destination, credentials }: { readonly destination: string; readonly credentials: ClusterCredentials },
): void {
  const refused = [
    ["execProviderConfig", "`execProviderConfig` names a program to run"],
    ["awsAuthConfig", "`awsAuthConfig` needs a program to run"],
    ["proxyUrl", "`proxyUrl` is not supported yet"],
  ] as const;
  for (const [field, problem] of refused) {
    if (credentials[field] === undefined) continue;
    notes.error(["stringData", "config"], "ClusterCredentialsRefused", { destination, problem });
  }
}

interface JsonReader {
  /** Undefined where absent or empty. */
  text(name: string): string | undefined;
  flag(name: string): boolean | undefined;
  object(name: string): JsonValue | undefined;
  done(): void;
}

function createJsonReader(object: JsonObject, prefix: string, data: SecretData): JsonReader {
  const known = new Set<string>();
  function read(
    name: string,
    wanted: string,
    isWanted: (value: JsonValue) => boolean,
  ): JsonValue | undefined {
    known.add(name);
    const value = Object.hasOwn(object, name) ? object[name] : undefined;
    if (value === undefined || value === null) return undefined;
    if (isWanted(value)) return value;
    data.invalid("config", `has \`${name}\` in \`${prefix}\`, which is not ${wanted}`);
    return undefined;
  }
  return {
    text(name) {
      const value = read(name, "a text", (candidate) => typeof candidate === "string");
      return typeof value === "string" && value !== "" ? value : undefined;
    },
    flag(name) {
      const value = read(name, "`true` or `false`", (candidate) => typeof candidate === "boolean");
      return value === true ? true : undefined;
    },
    object: (name) => read(name, "an object", isJsonObject),
    done() {
      for (const name of Object.keys(object)) {
        if (known.has(name)) continue;
        const path = ["stringData", ...prefix.split("."), name];
        data.notes.unknown(path, nearestWord(name, [...known]));
      }
    },
  };
}

/** The parser's own message is dropped: it quotes the text around the mistake, which is a credential. */
function parseObject(text: string): JsonObject | undefined {
  try {
    const value = parseJson(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
