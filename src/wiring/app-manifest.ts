import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { OperationError } from "../errors/operation-error.ts";

/** The line that says where deliveries go; `app.yml` as it is shipped names a host that is nobody's. */
const WEBHOOK_URL = /^([ \t]*url:[ \t]*)(["']?)(https?:\/\/[^\s"'/]+)(\/api\/github\/webhooks)\2[ \t]*$/m;
const NOBODYS_URL = "https://plumbline.example.com";

/**
 * Makes `./app.yml` what the wizard is to register: ours where there is none, so that nobody registers an App without
 * rights, with deliveries going to `url`.
 * @param url - `""` where the file says it
 * @throws OperationError WebhookUrlMissing when neither says where deliveries go
 */
export function provideAppManifest(folder: string, url: string): void {
  const file = join(folder, "app.yml");
  const before = existsSync(file) ? readFileSync(file, "utf8") : undefined;
  const text = before ?? readFileSync(new URL("../../app.yml", import.meta.url), "utf8");
  const [, , , written] = WEBHOOK_URL.exec(text) ?? [];
  if (written === undefined || (url === "" && written === NOBODYS_URL)) {
    throw OperationError.of("WebhookUrlMissing", {});
  }
  const after = url === "" ? text : text.replace(WEBHOOK_URL, `$1$2${url}$4$2`);
  if (after !== before) writeFileSync(file, after);
}
