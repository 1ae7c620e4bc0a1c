import { applicationId } from "../domain/application.ts";
import type { ShownPreviews } from "../ports/shown-previews.ts";
import type { AffectedExplanation } from "../report/replies.ts";
import { reads } from "./base-settings.ts";
import type { Order } from "./obey-comment.ts";
import type { Explained, PreviewPullRequest } from "./preview-pull-request.ts";
import type { Registry } from "./registry.ts";

export interface ExplainPorts {
  readonly registry: Registry;
  readonly preview: PreviewPullRequest;
  readonly shownPreviews: ShownPreviews;
}

/** Why each Application that reads the repository is, or is not, affected. @throws OperationError as a preview */
export async function explainAffected(
  order: Order,
  ports: ExplainPorts,
): Promise<readonly AffectedExplanation[]> {
  // Merged into what holds it already it would change nothing.
  if (order.pull.isMerged) return asShown(order, ports);
  const explained = await ports.preview.explain(order.repository, order.pull);
  return explained.map((one) => {
    const { application, causes, definition } = one;
    const { namespace, name } = application;
    const isAffected = definition !== "kept" || causes?.length !== 0;
    return { namespace, name, isAffected, because: becauseOf(one), paths: causes ?? [] };
  });
}

const DEFINITION: Readonly<Record<Explained["definition"], string>> = {
  kept: "",
  added: "this pull request adds it",
  modified: "its own definition changes",
  removed: "this pull request removes it",
};

function becauseOf({ definition, causes }: Explained): string {
  if (definition !== "kept") return DEFINITION[definition];
  return causes === undefined ? "it was never rendered, so it may read anything" : "";
}

function asShown(
  { repository, pull }: Order,
  { registry, shownPreviews }: ExplainPorts,
): readonly AffectedExplanation[] {
  const [newest] = shownPreviews.list(repository.id, pull.number);
  const shown = new Set(Object.keys(newest?.applications ?? {}));
  return registry
    .list()
    .map(({ application }) => application)
    .filter((application) => shown.has(applicationId(application)) || reads(application, repository))
    .map((application) => {
      const { namespace, name } = application;
      const isAffected = shown.has(applicationId(application));
      const because = isAffected
        ? "so it was shown before the merge"
        : "it was not shown to be before the merge";
      return { namespace, name, isAffected, because, paths: [] };
    });
}
