import { execFile } from "node:child_process";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";

import type { PullPlace } from "../../../src/sandbox/github/present-pull-request.ts";
import { type CliPlace, createCliPlace } from "../../support/cli.ts";
import { describeOnCluster } from "../../support/cluster/describe-on-cluster.ts";
import {
  applicationFile,
  chart,
  configMap,
  createServerRig,
  type ServerRig,
} from "../../support/server-rig.ts";

const run = promisify(execFile);
const APPLICATIONS = [
  { name: "web", automated: "" },
  { name: "plain", automated: "" },
  { name: "broken", automated: "" },
] as const;

await describeOnCluster("plumbline diff and the comment", "api-server", (cluster) => {
  let rig: ServerRig;
  let place: CliPlace;
  beforeAll(async () => {
    const { kubeconfig } = cluster();
    rig = await createServerRig({
      kubeconfig,
      applications: APPLICATIONS,
      files: {
        ...chart("web"),
        ...chart("broken"),
        "plain/config.yaml": configMap("plain"),
        "plain/secret.yaml":
          "apiVersion: v1\nkind: Secret\nmetadata: { name: s }\nstringData: { password: one }\n",
      },
    });
    place = await createCliPlace({ KUBECONFIG: kubeconfig });
    await Promise.all(APPLICATIONS.map(({ name }) => rig.arrives(name, "OutOfSync", "Missing")));
    await rig.settled();
  });
  afterAll(async () => {
    await rig.close();
    await place.remove();
  });

  /** What `plumbline diff` prints of a pull request, in a clone of its repository. */
  async function printed({ pull }: PullPlace, branch: string): Promise<string> {
    const cloneUrl = rig.github.cloneUrl(rig.shop);
    const clone = join(place.folder, branch);
    await run("git", ["clone", "-q", cloneUrl, clone]);
    const files = APPLICATIONS.map((one) => applicationFile(one, cloneUrl));
    await writeFile(join(place.folder, "apps.yaml"), files.join("---\n"));
    expect(await readdir(clone)).toContain("web");
    const { stdout } = await place.run(
      "diff",
      ...["-f", "apps.yaml", "--repo", `${cloneUrl}=${clone}`],
      ...["--base", "main", "--head", pull.headSha, "--live", "-o", "markdown"],
    );
    return stdout;
  }

  function commented(pull: PullPlace): string {
    const [marker, ...lines] = (rig.sticky(pull)?.body ?? "").split("\n");
    expect(marker).toMatch(/^<!-- plumbline:preview/);
    return lines.join("\n");
  }

  it.for([
    [
      "several",
      {
        ...chart("web", "two"),
        "plain/secret.yaml": undefined,
        "plain/config.yaml": configMap("plain", "two"),
      },
    ],
    ["failing", { ...chart("web", "three"), "broken/templates/config.yaml": '{{ fail "no such luck" }}\n' }],
    ["conflict", { "plain/config.yaml": configMap("plain", "conflict") }],
    ["braked", { ...chart("web", "four"), "plain/config.yaml": configMap("plain", "four") }],
  ] as const)("are the same, byte for byte: %s", async ([branch, files]) => {
    const pull = await rig.propose(files, branch);
    if (branch === "conflict") await rig.push({ "plain/config.yaml": configMap("plain", "meanwhile") });
    if (branch === "braked")
      await rig.push({ ".github/plumbline.yml": "limits: { applicationsMax: 1 }\nx: 1\n" });
    await rig.settled();
    expect(await printed(pull, branch)).toBe(commented(pull));
  });
});
