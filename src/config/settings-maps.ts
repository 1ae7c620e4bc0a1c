import type { ConfigProblem } from "../domain/control-plane.ts";
import type { ControlPlaneSettings } from "../domain/control-plane-settings.ts";
import { readArgocdCm } from "./argocd-cm.ts";
import { type DefinitionDocument, subjectOf } from "./definition-document.ts";
import { createFields } from "./fields.ts";
import { createNotes, type Notes } from "./notes.ts";

export interface SettingsReading {
  /** What this ConfigMap decides; the rest is up to others and to the defaults. */
  readonly settings?: Partial<ControlPlaneSettings>;
  readonly problems: readonly ConfigProblem[];
}

type ReadMap = (data: Readonly<Record<string, string>>, notes: Notes) => Partial<ControlPlaneSettings>;

/** Argo CD's ConfigMaps by name, and what each is read as. */
const MAPS: Readonly<Record<string, ReadMap>> = {
  "argocd-cm": readArgocdCm,
  "argocd-ssh-known-hosts-cm": (data) => ({ sshKnownHosts: data["ssh_known_hosts"] ?? "" }),
  "argocd-tls-certs-cm": (data) => ({ tlsCertificates: data }),
  "argocd-rbac-cm": unused("GitHub's permissions decide who may do what; its policies have no effect"),
  "argocd-notifications-cm": unused("Nobody is notified outside GitHub"),
  "argocd-cmd-params-cm": unused("Its parameters are those of Argo CD's own processes"),
  "argocd-gpg-keys-cm": unused("Signatures of commits are not checked"),
};

/** Whether a ConfigMap of that name is one of Argo CD's settings. */
export function isSettingsMap(name: string): boolean {
  return Object.hasOwn(MAPS, name);
}

/** Reads one of Argo CD's ConfigMaps; what it decides and we do not honour is named. */
export function parseSettingsMap(document: DefinitionDocument): SettingsReading {
  const subject = subjectOf(document.object);
  const notes = createNotes(subject === undefined ? document : { ...document, subject });
  const data = createFields(document.object, [], notes).stringMap("data") ?? {};
  const read = MAPS[subject?.name ?? ""];
  if (notes.hasErrors() || read === undefined) return { problems: notes.problems };
  return { settings: read(data, notes), problems: notes.problems };
}

function unused(consequence: string): ReadMap {
  return (data, notes) => {
    if (Object.keys(data).length > 0) notes.notHonoured(["data"], consequence);
    return {};
  };
}
