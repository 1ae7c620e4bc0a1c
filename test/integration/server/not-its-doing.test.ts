import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { applicationFile, configMap, createServerRig, type ServerRig } from "../../support/server-rig.ts";

const SICK = "apiVersion: v1\nkind: ConfigMap\nmetadata: [\n";

describe("a pull request of a repository whose Applications do not all render", () => {
  let rig: ServerRig;
  const define = (name: string, more: { readonly path?: string; readonly project?: string } = {}) =>
    rig.define(`${name}.yaml`, applicationFile({ name, ...more }, rig.github.cloneUrl(rig.shop)));
  beforeAll(async () => {
    rig = await createServerRig({ files: { "web/config.yaml": configMap("web"), "sick/config.yaml": SICK } });
    await define("soon", { path: "not/there/yet" });
    await define("sick");
    await define("lost", { path: "lost", project: "ghost" });
    await rig.arrives("web");
    for (const name of ["soon", "sick", "lost"])
      await rig.until(`${name} fails`, () => rig.status(name)?.problem);
    await rig.settled();
  });
  afterAll(() => rig.close());

  async function proposed(branch: string, files: Readonly<Record<string, string>>) {
    const place = await rig.propose(files, branch);
    await rig.settled();
    return { check: rig.checks(place.pull.headSha).at(-1), body: rig.sticky(place)?.body ?? "" };
  }

  it("does not fail for what fails alike without it", async () => {
    const { check, body } = await proposed("web", { "web/config.yaml": configMap("web", "two") });
    expect(check?.conclusion).toBe("success");
    expect(body).toContain("1 Application changes");
    expect(body).toContain("over 1 of 4 Applications that read this repository");
    expect(body).not.toMatch(/soon|sick|lost/);
  });

  it("fails where it touches what fails", async () => {
    const { check, body } = await proposed("still", { "sick/more.yaml": configMap("more") });
    expect(check?.conclusion).toBe("failure");
    expect(body).toContain("`sick`");
  });

  it("shows what it mends", async () => {
    const { check, body } = await proposed("mend", { "not/there/yet/config.yaml": configMap("soon") });
    expect(check?.conclusion).toBe("success");
    expect(body).toContain("1 added");
  });

  it("counts those that something is wrong with among those that read the repository", async () => {
    const { check, body } = await proposed("lost", { "lost/config.yaml": configMap("lost") });
    expect(check?.conclusion).toBe("failure");
    expect(body).toContain("1 Application cannot be previewed");
    expect(body).toContain("over 1 of 4 Applications that read this repository");
  });
});
