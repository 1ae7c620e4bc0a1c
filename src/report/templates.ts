import { Eta } from "eta";

/** Every text of `templates/`, a file each: `templates/NAME.md`. */
export const TEMPLATE_NAMES = [
  "comment",
  "application",
  "object-fields",
  "object-whole",
  "check-summary",
  "check-application",
  "check-drift",
  "check-dry-run",
  "check-progress",
  "progress",
  "fork-notice",
  "reply-refusal",
  "reply-plan",
  "reply-started",
  "reply-status",
  "reply-help",
  "reply-explain",
] as const;

export type TemplateName = (typeof TEMPLATE_NAMES)[number];
/** The files' contents, by name. */
export type Templates = Readonly<Record<TemplateName, string>>;
/** Fills a template. The view's texts must be safe Markdown already: templates only lay out. */
export type Render = (name: TemplateName, view: object) => string;

/** @throws the template engine's error, naming the place, when a template does not compile. */
export function compileTemplates(templates: Templates): Render {
  const eta = new Eta({ autoEscape: false, autoTrim: false });
  for (const name of TEMPLATE_NAMES) eta.loadTemplate(`@${name}`, templates[name].trimEnd());
  // What ends in a loop or a condition ends in a line end, which is the caller's to give.
  return (name, view) => eta.render(`@${name}`, view).replace(/\n+$/, "");
}
