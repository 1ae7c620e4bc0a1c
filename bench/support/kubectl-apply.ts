import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

import type { Facilities } from "../scenario.ts";
import { timed } from "./measure.ts";

const run = promisify(execFile);

/** `kubectl apply --server-side` of one text after the other; milliseconds in all. */
export async function kubectlApply(
  { tools, cluster, scratch }: Facilities,
  texts: readonly string[],
): Promise<number> {
  const [{ kubectl }, { kubeconfig }, folder] = await Promise.all([tools(), cluster(), scratch()]);
  const files = texts.map((_, index) => join(folder, `${index}.yaml`));
  await Promise.all(files.map((file, index) => writeFile(file, texts[index] ?? "")));
  const { ms } = await timed(async () => {
    for (const file of files) {
      const args = ["--kubeconfig", kubeconfig, "apply", "--server-side", "-f", file];
      await run(kubectl, args, { maxBuffer: 1 << 26 });
    }
  });
  return ms;
}
