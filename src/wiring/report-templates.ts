import { readFileSync } from "node:fs";

import { TEMPLATE_NAMES, type Templates } from "../report/templates.ts";

/** The texts of `templates/`, from the folder beside the sources or beside the package's JavaScript. */
export function readReportTemplates(): Templates {
  const read = (name: string) => readFileSync(new URL(`../../templates/${name}.md`, import.meta.url), "utf8");
  return Object.fromEntries(TEMPLATE_NAMES.map((name) => [name, read(name)])) as Record<
    (typeof TEMPLATE_NAMES)[number],
    string
  >;
}
