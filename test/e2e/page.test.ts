import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWhere } from "../support/facilities.ts";

const PROGRAM = fileURLToPath(new URL("../../bin/plumbline.mjs", import.meta.url));
const CHROMIUM = "/usr/bin/chromium";
const WITHIN_MS = 120_000;
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--disable-background-networking",
  "--no-first-run",
];

const missing = existsSync(CHROMIUM) ? undefined : `no browser: ${CHROMIUM} is not there`;

describeWhere(missing, "the demo's page", () => {
  let demo: ReturnType<typeof startDemo>;
  let browser: Browser;
  let page: Page;
  const troubles: string[] = [];

  beforeAll(async () => {
    demo = startDemo();
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
    page = await browser.newPage({ viewport: { width: 1280, height: 1600 } });
    page.setDefaultTimeout(WITHIN_MS);
    page.on("pageerror", (error) => troubles.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") troubles.push(message.text());
    });
    await page.goto(await demo.url);
  });
  afterAll(async () => {
    await browser?.close();
    await demo?.stop();
  });

  it("shows the conversation with the preview, and the check", async () => {
    const preview = page.locator("#comments li", { hasText: "Applications change" });
    await preview.first().waitFor();
    expect(await preview.first().textContent()).toContain("plumbline");
    await page.locator("#checks", { hasText: "success" }).waitFor();
  });

  it("answers /help", async () => {
    await page.fill("#body", "/help");
    await page.click("#send");
    await page.locator("#comments li", { hasText: "🚀" }).first().waitFor();
  });

  it("shows a push that does not render as a check that fails, with the reason", async () => {
    await page.click("#break");
    await page.locator("#checks [data-state=failure]", { hasText: "could not render" }).waitFor();
  });

  it("shows another push in the same comment", async () => {
    await page.click("#push");
    await page.locator("#comments li", { hasText: "Hello, push 1" }).first().waitFor();
  });

  it("merges for nobody who may only read", async () => {
    await page.selectOption("#as", "eve");
    await page.click("#merge");
    await page.locator("#trouble", { hasText: "may only read" }).waitFor();
    await page.selectOption("#as", "alice");
    // The browser logs the answer that was refused.
    expect(troubles.splice(0)).toEqual([expect.stringContaining("400")]);
  });

  it("shows a merge until what syncs by itself is Synced and Healthy", async () => {
    await page.click("#merge");
    await page.locator("#comments li", { hasText: "Merged:" }).first().waitFor();
    for (const name of ["web", "api"]) {
      const row = page.locator("#applications tr", { hasText: name }).first();
      await row.filter({ hasText: "Synced" }).filter({ hasText: "Healthy" }).waitFor();
    }
    await page.locator("#statuses", { hasText: "/sync" }).waitFor();
    await page.locator("#merging", { hasText: "Merged as" }).waitFor();
    const screenshot = process.env["PLUMBLINE_SCREENSHOT"];
    if (screenshot !== undefined) await page.screenshot({ path: screenshot, fullPage: true });
  });

  it("tells when what somebody scaled by hand was put back", async () => {
    const row = page.locator("#applications tr", { hasText: "web" }).first();
    const syncedAt = () => row.locator("time").getAttribute("datetime");
    const before = await syncedAt();
    await page.click("#drift");
    await expect.poll(syncedAt, { timeout: WITHIN_MS }).not.toBe(before);
  });

  it("opens a pull request of a branch that was pushed with Git, and goes on with it", async () => {
    const clone = (await page.locator("#clone").textContent())?.replace("git clone ", "") ?? "";
    pushBranch(clone, "by-hand");
    const offer = page.locator("#offers li", { hasText: "by-hand" });
    await offer.locator("button").click();
    await page.locator("#title", { hasText: "Said by hand" }).waitFor();
    await page.locator("#comments li", { hasText: "1 Application changes" }).first().waitFor();
    await expect.poll(() => offer.count()).toBe(0);
  });

  it("goes on with a pull request that it opens", async () => {
    await page.click("#open");
    await page.locator("#title", { hasText: "A newer image" }).waitFor();
  });

  it("fits a narrow window", async () => {
    await page.setViewportSize({ width: 400, height: 800 });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(400);
  });

  it("had no trouble", () => {
    expect(troubles).toEqual([]);
  });
});

function startDemo() {
  const child = spawn(process.execPath, [PROGRAM, "demo"], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const url = new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      const found = /^Look here: +(?<url>http\S+)/.exec(line)?.groups?.["url"];
      if (found !== undefined) resolve(found);
    });
    void exited.then(() => reject(new Error("the demo ended before it had a page")));
  });
  return {
    url,
    async stop() {
      child.kill("SIGTERM");
      await exited;
    },
  };
}

/** As a visitor would, with an account of nobody. */
function pushBranch(url: string, branch: string): void {
  const folder = mkdtempSync(join(tmpdir(), "plumbline-page-"));
  const git = (...args: readonly string[]) =>
    execFileSync("git", ["-c", "user.name=v", "-c", "user.email=v@example.com", ...args], {
      cwd: folder,
      stdio: "pipe",
    });
  git("clone", "-q", url, ".");
  git("switch", "-qc", branch);
  writeFileSync(
    join(folder, "plain/worker/config.yaml"),
    "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: worker }\ndata: { said: by-hand }\n",
  );
  git("commit", "-qam", "Said by hand");
  git("push", "-q", "origin", branch);
  rmSync(folder, { recursive: true, force: true });
}
