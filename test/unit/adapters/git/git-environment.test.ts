import { describe, expect, it } from "vitest";

import { gitEnvironment } from "../../../../src/adapters/git/git-environment.ts";

function environment(surroundings: Record<string, string> = {}, settings: [string, string][] = []) {
  return gitEnvironment({ surroundings, protocols: ["https", "ssh"], settings, extra: {} });
}

/** The settings as Git reads them: the last of a name counts. */
function settingsOf(variables: Record<string, string>): Map<string, string> {
  const count = Number(variables["GIT_CONFIG_COUNT"]);
  return new Map(
    Array.from({ length: count }, (_, index) => [
      variables[`GIT_CONFIG_KEY_${index}`] ?? "",
      variables[`GIT_CONFIG_VALUE_${index}`] ?? "",
    ]),
  );
}

describe("gitEnvironment", () => {
  it("T080 lets through where programs are and how to reach the network, and nothing else", () => {
    const hostile = {
      PATH: "/opt/bin",
      HTTPS_PROXY: "http://proxy:3128",
      GIT_SSH_COMMAND: "evil",
      GIT_ASKPASS: "evil",
      GIT_CONFIG_PARAMETERS: "'core.fsmonitor=evil'",
      GIT_EXEC_PATH: "/evil",
      GIT_TRACE_CURL: "/tmp/leak",
      LD_PRELOAD: "/evil.so",
      HOME: "/root",
      WEBHOOK_SECRET: "secret",
      VISUAL: "evil",
      SSH_AUTH_SOCK: "/agent",
    };
    const names = Object.keys(environment(hostile)).filter((name) => name in hostile);
    expect(names.sort()).toEqual(["HOME", "HTTPS_PROXY", "PATH"]);
    expect(JSON.stringify(environment(hostile))).not.toMatch(/evil|secret|leak|\/root/);
  });

  it("turns off whatever would start a program, ask a person or lead elsewhere", () => {
    const variables = environment();
    const settings = settingsOf(variables);
    expect(variables).toMatchObject({
      GIT_TERMINAL_PROMPT: "0",
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_ALLOW_PROTOCOL: "https:ssh",
    });
    expect(Object.fromEntries(settings)).toMatchObject({
      "protocol.allow": "never",
      "protocol.https.allow": "always",
      "core.hooksPath": "/dev/null",
      "core.fsmonitor": "false",
      "http.followRedirects": "false",
      "credential.helper": "",
      "submodule.recurse": "false",
    });
    expect(settings.has("protocol.file.allow")).toBe(false);
  });

  it("puts what a command adds last, where it counts", () => {
    expect(settingsOf(environment({}, [["gc.auto", "1"]])).get("gc.auto")).toBe("1");
  });

  it("has a PATH even where there is none", () => {
    expect(environment({ PATH: "" })["PATH"]).toMatch(/\/usr\/bin/);
  });
});
