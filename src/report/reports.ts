import type { Preview } from "../domain/preview.ts";
import { type CompletedCheckReport, reportCheck } from "./check.ts";
import { type CommentOptions, type CommentReport, reportComment } from "./comment.ts";
import { compileTemplates, type Templates } from "./templates.ts";

/** Results → words. Takes displayable things only, keeps to every limit of GitHub's, and its Markdown is balanced. */
export interface Reports {
  /** A pull request's one comment. */
  comment(preview: Preview, options?: CommentOptions): CommentReport;
  /** The check run `plumbline`, completed. */
  check(preview: Preview): CompletedCheckReport;
}

/**
 * @param templates - contents of the files in `templates/`.
 * @throws when one of them does not compile: a bug of whoever edited it.
 */
export function createReports(templates: Templates): Reports {
  const render = compileTemplates(templates);
  return {
    comment: (preview, options) => reportComment(render, preview, options),
    check: (preview) => reportCheck(render, preview),
  };
}
