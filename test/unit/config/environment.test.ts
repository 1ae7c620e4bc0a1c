import { describe, expect, it } from "vitest";

import { parseEnvironment } from "../../../src/config/environment.ts";
import { environmentTable } from "../../../src/config/environment-variables.ts";
import type { FileLookup } from "../../../src/config/private-key.ts";
import { OperationError } from "../../../src/errors/operation-error.ts";

const PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIBcanary\n-----END RSA PRIVATE KEY-----";
const GOOD = { APP_ID: "12", PRIVATE_KEY: PEM, WEBHOOK_SECRET: "0123456789abcdef" };

const files: FileLookup = (path) => {
  const known: Readonly<Record<string, number>> = {
    "/key": 0o100600,
    "/group": 0o100640,
    "/world": 0o100644,
    "/open": 0o100602,
  };
  const mode = known[path];
  return mode === undefined ? { kind: "missing" } : { kind: "file", mode, text: `${PEM}\n` };
};

type Changes = Readonly<Record<string, string | undefined>>;

/** The problems of a good environment with these changes. */
function problems(changes: Changes): readonly string[] {
  try {
    parseEnvironment({ ...GOOD, ...changes }, files);
    return [];
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    return error.remedy
      .split("\n")
      .filter((line) => line.startsWith("- "))
      .map((line) => line.replace(/^- /, ""));
  }
}

describe("parseEnvironment", () => {
  it("fills in the defaults", () => {
    expect(parseEnvironment(GOOD, files)).toEqual({
      appId: 12,
      privateKey: PEM,
      webhookSecret: "0123456789abcdef",
      port: 3000,
      host: "127.0.0.1",
      logLevel: "info",
      githubApiUrl: "https://api.github.com",
      githubUrl: "https://github.com",
      controlPlane: { kind: "directory", directory: "./control-plane" },
      stateDirectory: "./state",
      reconcileMs: 180_000,
      mode: "sync",
      warnings: [],
    });
  });

  it("reads every variable", () => {
    const env = {
      APP_ID: "12",
      PRIVATE_KEY_PATH: "/key",
      WEBHOOK_SECRET: "0123456789abcdef",
      PORT: "0",
      HOST: "0.0.0.0",
      LOG_LEVEL: "debug",
      GHE_HOST: "github.example.com",
      PLUMBLINE_CONTROL_PLANE: "directory:/etc/plumbline",
      PLUMBLINE_STATE_DIR: "/var/lib/plumbline",
      PLUMBLINE_RECONCILE_SECONDS: "60",
      PLUMBLINE_MODE: "sync",
    };
    expect(parseEnvironment(env, files)).toMatchObject({
      port: 0,
      host: "0.0.0.0",
      logLevel: "debug",
      githubApiUrl: "https://github.example.com/api/v3",
      githubUrl: "https://github.example.com",
      controlPlane: { directory: "/etc/plumbline" },
      stateDirectory: "/var/lib/plumbline",
      reconcileMs: 60_000,
    });
  });

  it.for([
    ["https://api.github.com", "https://github.com"],
    ["https://ghe.example/api/v3/", "https://ghe.example"],
    ["https://api.acme.ghe.com", "https://acme.ghe.com"],
    ["http://127.0.0.1:4000", "http://127.0.0.1:4000"],
  ])("knows where GitHub is from its API at %s", ([api, web]) => {
    expect(parseEnvironment({ ...GOOD, GITHUB_API_URL: api }, files).githubUrl).toBe(web);
  });

  it.for([
    ["escaped line ends", PEM.replaceAll("\n", "\\n")],
    ["base64", btoa(PEM)],
    [
      "the quotes that `setup` writes and a container's --env-file keeps",
      `"${PEM.replaceAll("\n", "\\n")}\\n"`,
    ],
    ["white space around it", `\n${PEM}\n`],
  ] as const)("takes a key with %s", ([, key]) => {
    expect(parseEnvironment({ ...GOOD, PRIVATE_KEY: key }, files).privateKey).toBe(PEM);
  });

  it.for([
    [{ WEBHOOK_SECRET: undefined }, "`WEBHOOK_SECRET` is missing"],
    [{ WEBHOOK_SECRET: "" }, "`WEBHOOK_SECRET` is missing"],
    [
      { WEBHOOK_SECRET: "development" },
      "`WEBHOOK_SECRET` is shorter than 16 characters, or the well-known `development`",
    ],
    [{ WEBHOOK_SECRET: "8letters" }, "`WEBHOOK_SECRET` is shorter than 16 characters"],
    [{ WEBHOOK_SECRET: "0123456789abcdef\n" }, "`WEBHOOK_SECRET` begins or ends with white space"],
    [{ APP_ID: undefined }, "`APP_ID` is missing"],
    [{ APP_ID: "my-app" }, "`APP_ID` is not the number of a GitHub App"],
    [{ PRIVATE_KEY: undefined }, "`PRIVATE_KEY` or `PRIVATE_KEY_PATH` is missing"],
    [{ PRIVATE_KEY: "hunter2" }, "`PRIVATE_KEY` is not a private key in PEM"],
    [{ PRIVATE_KEY_PATH: "/key" }, "`PRIVATE_KEY` and `PRIVATE_KEY_PATH` are both set"],
  ] as const)("T023 stops the start for %o", ([changes, said]) => {
    expect(problems(changes)).toEqual([expect.stringContaining(said)]);
  });

  it.for([
    [{ NODE_TLS_REJECT_UNAUTHORIZED: "0" }, "`NODE_TLS_REJECT_UNAUTHORIZED` is `0`"],
    [{ NODE_OPTIONS: "--max-old-space-size=512 --inspect=0.0.0.0" }, "`NODE_OPTIONS` opens the debugger"],
    [{ NODE_OPTIONS: "--inspect-brk" }, "`NODE_OPTIONS` opens the debugger"],
    [
      { PRIVATE_KEY: "", PRIVATE_KEY_PATH: "/world" },
      "`PRIVATE_KEY_PATH` names a file that everybody may read",
    ],
    [
      { PRIVATE_KEY: "", PRIVATE_KEY_PATH: "/open" },
      "`PRIVATE_KEY_PATH` names a file that everybody may read",
    ],
    [{ PRIVATE_KEY: "", PRIVATE_KEY_PATH: "/nowhere" }, "`PRIVATE_KEY_PATH` names no file that can be read"],
  ] as const)("T024 stops the start for %o", ([changes, said]) => {
    expect(problems(changes)).toEqual([expect.stringContaining(said)]);
  });

  it.for([
    [{ PORT: "http" }, "`PORT` is not a whole number"],
    [{ PORT: "65536" }, "`PORT` is not a port"],
    [{ LOG_LEVEL: "loud" }, "`LOG_LEVEL` is none of"],
    [{ GHE_HOST: "https://github.example" }, "`GHE_HOST` is not a host name"],
    [{ GITHUB_API_URL: "github.example" }, "`GITHUB_API_URL` is not a URL"],
    [{ GITHUB_API_URL: "http://github.example" }, "`GITHUB_API_URL` is not an `https://` URL"],
    [{ GITHUB_API_URL: "https://u:hunter2@github.example" }, "`GITHUB_API_URL` holds more than"],
    [{ GITHUB_API_URL: "https://a", GHE_HOST: "a" }, "`GHE_HOST` and `GITHUB_API_URL` are both set"],
    [{ PLUMBLINE_CONTROL_PLANE: "kubernetes:argocd" }, "control planes in Kubernetes are not built yet"],
    [{ PLUMBLINE_CONTROL_PLANE: "/etc/plumbline" }, "`PLUMBLINE_CONTROL_PLANE` is not `directory:PATH`"],
    [{ PLUMBLINE_CONTROL_PLANE: "directory:" }, "`PLUMBLINE_CONTROL_PLANE` is not `directory:PATH`"],
    [{ PLUMBLINE_RECONCILE_SECONDS: "5" }, "`PLUMBLINE_RECONCILE_SECONDS` is not between 10 and 86400"],
    [{ PLUMBLINE_RECONCILE_SECONDS: "3m" }, "`PLUMBLINE_RECONCILE_SECONDS` is not a whole number"],
    [
      { PLUMBLINE_MODE: "companion" },
      "`PLUMBLINE_MODE` is `companion`: leaving the syncing to Argo CD is not built yet",
    ],
    [{ PLUMBLINE_MODE: "preview" }, "`PLUMBLINE_MODE` is not `sync`"],
  ] as const)("refuses %o", ([changes, said]) => {
    expect(problems(changes)).toEqual([expect.stringContaining(said)]);
  });

  it("says where the settings of a new App come from", () => {
    expect(OperationError.of("SettingsInvalid", { problems: [] }).remedy).toContain("`plumbline setup`");
  });

  it("tells every problem at once, and no value", () => {
    const changes = {
      APP_ID: "hunter2",
      PRIVATE_KEY: "hunter2",
      WEBHOOK_SECRET: "hunter2",
      PORT: "hunter2",
      GITHUB_API_URL: "hunter2",
      PLUMBLINE_MODE: "hunter2",
    };
    const said = problems(changes);
    expect(said).toHaveLength(6);
    expect(said.join()).not.toContain("hunter2");
  });

  it("names variables that look like ours and are not", () => {
    const { warnings } = parseEnvironment({ ...GOOD, PLUMBLINE_STATEDIR: "x", OTHER: "y" }, files);
    expect(warnings).toEqual(["`PLUMBLINE_STATEDIR` is not a setting of `serve`; `PLUMBLINE_STATE_DIR` is"]);
  });
});

describe("environmentTable", () => {
  it("has a row for each variable, and no line breaks in it", () => {
    const rows = environmentTable().split("\n").slice(2);
    expect(rows.map((row) => row.split("|").length)).toEqual(rows.map(() => 6));
    expect(rows.map((row) => /^\| `([A-Z_]+)` /.exec(row)?.[1])).toEqual(
      expect.arrayContaining([
        "APP_ID",
        "WEBHOOK_SECRET",
        "GHE_HOST",
        "PLUMBLINE_RECONCILE_SECONDS",
        "PLUMBLINE_MODE",
      ]),
    );
    expect(rows.join()).not.toContain("undefined");
  });
});
