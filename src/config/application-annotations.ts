import { parseGoBoolean } from "./go-text.ts";
import type { Notes } from "./notes.ts";

/** Annotations on an Application that Argo CD obeys and we do not, or not all of (argocd-behaviour §1.4). */
export function readAnnotations(annotations: Readonly<Record<string, string>>, notes: Notes): void {
  for (const [name, value] of Object.entries(annotations)) {
    const path = ["metadata", "annotations", name];
    if (name === "argocd.argoproj.io/skip-reconcile" && parseGoBoolean(value) === true) {
      notes.keepsFromSync(path, "The Application asks to be left alone");
    }
    if (name === "argocd.argoproj.io/compare-options") {
      notes.notHonoured(
        path,
        "Comparison is the same for every Application, with a server-side dry run where needed",
      );
    }
    if (name === "argocd.argoproj.io/client-side-apply-migration-manager") {
      notes.notHonoured(
        path,
        "Fields applied client-side are migrated from kubectl's and Argo CD's managers",
      );
    }
    if (name.startsWith("notifications.argoproj.io/subscribe.")) {
      notes.notHonoured(path, "Nobody is notified outside GitHub");
    }
  }
}
