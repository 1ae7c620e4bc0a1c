import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const PROGRAM = fileURLToPath(new URL("../../bin/plumbline.mjs", import.meta.url));
const SHIPPED = fileURLToPath(new URL("../../app.yml", import.meta.url));

interface Registration {
  readonly hook_attributes: { readonly url: string };
  readonly public: boolean;
  readonly default_permissions: Readonly<Record<string, string>>;
}

describe("plumbline setup", () => {
  let folder: string;
  let wizard: ChildProcess | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "plumbline-setup-"));
  });
  afterEach(async () => {
    if (wizard?.exitCode === null) {
      wizard.kill("SIGTERM");
      await once(wizard, "exit");
    }
    wizard = undefined;
    rmSync(folder, { recursive: true, force: true });
  });

  /** @returns what the wizard would have GitHub register, and the page that says so. */
  async function register(...args: readonly string[]): Promise<{ manifest: Registration; page: string }> {
    const port = await freePort();
    const child = spawn(process.execPath, [PROGRAM, "setup", "--port", String(port), ...args], {
      cwd: folder,
      env: { PATH: process.env["PATH"], HOME: folder },
      stdio: ["ignore", "pipe", "inherit"],
    });
    wizard = child;
    await once(createInterface({ input: child.stdout }), "line");
    const page = await (await fetch(`http://127.0.0.1:${port}/probot`)).text();
    const [, json = "{}"] = /name="manifest"[^>]* value='([^']*)'/.exec(page) ?? [];
    return { manifest: JSON.parse(json.replaceAll("&quot;", '"')) as Registration, page };
  }

  function refused(...args: readonly string[]): string {
    const env = { PATH: process.env["PATH"], HOME: folder };
    const { status, stderr } = spawnSync(process.execPath, [PROGRAM, "setup", ...args], {
      cwd: folder,
      env,
      encoding: "utf8",
    });
    expect(status).toBe(2);
    return stderr;
  }

  it("registers our permissions, with deliveries to where it was told", async () => {
    const { manifest, page } = await register("--url", "https://plumbline.acme.dev");
    expect(manifest.hook_attributes.url).toBe("https://plumbline.acme.dev/api/github/webhooks");
    expect(manifest.public).toBe(false);
    expect(manifest.default_permissions).toMatchObject({ checks: "write", contents: "read" });
    expect(page).toContain("https://github.com/settings/apps/new");
    expect(statSync(join(folder, ".env")).mode & 0o777).toBe(0o600);
  });

  it("puts the address into an app.yml that is there, as in a checkout", async () => {
    writeFileSync(join(folder, "app.yml"), readFileSync(SHIPPED, "utf8"));
    const { manifest } = await register("--url", "https://plumbline.acme.dev");
    expect(manifest.hook_attributes.url).toBe("https://plumbline.acme.dev/api/github/webhooks");
    const shipped = readFileSync(SHIPPED, "utf8");
    expect(readFileSync(join(folder, "app.yml"), "utf8")).toBe(
      shipped.replace("https://plumbline.example.com", "https://plumbline.acme.dev"),
    );
  });

  it("takes the address that app.yml says", async () => {
    const own = readFileSync(SHIPPED, "utf8").replace("plumbline.example.com", "own.acme.dev");
    writeFileSync(join(folder, "app.yml"), own);
    const { manifest } = await register();
    expect(manifest.hook_attributes.url).toBe("https://own.acme.dev/api/github/webhooks");
  });

  it("registers it for an organization", async () => {
    const { page } = await register("--url", "https://plumbline.acme.dev", "--org", "acme");
    expect(page).toContain("https://github.com/organizations/acme/settings/apps/new");
  });

  it("refuses while nobody says where GitHub reaches it", () => {
    expect(refused()).toContain("WebhookUrlMissing");
    writeFileSync(join(folder, "app.yml"), readFileSync(SHIPPED, "utf8"));
    expect(refused()).toContain("WebhookUrlMissing");
  });

  it("refuses where there is an App already", () => {
    writeFileSync(join(folder, ".env"), "APP_ID=1\n");
    expect(refused("--url", "https://plumbline.acme.dev")).toContain("AlreadyRegistered");
  });

  it.for([
    [["--url", "http://plumbline.acme.dev"], "--url is https://"],
    [["--org", "../x"], "--org is an organization's name"],
    [["--port", "0"], "--port is a number"],
  ] as const)("refuses %j", ([args, words]) => {
    expect(refused(...args)).toContain(words);
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}
