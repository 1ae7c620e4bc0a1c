import type { Reasons } from "./explanation.ts";

const KEPT =
  "The definition is not used until it is corrected; nothing was changed or removed because of it.";

/** What can be wrong with settings and definitions. Values of Secrets never reach these texts. */
export const CONFIG_REASONS = {
  SettingsInvalid: ({ problems }: { problems: readonly string[] }) => ({
    title: `${problems.length} setting${problems.length === 1 ? " is" : "s are"} missing or unsafe`,
    remedy: `${problems.map((problem) => `- ${problem}`).join("\n")}\n\`plumbline setup\` registers an App and writes its number, key and secret to \`./.env\`. The README lists every setting.`,
    retryable: false,
  }),
  ControlPlaneUnreadable: ({ directory, problem }: { directory: string; problem: string }) => ({
    title: `The control plane's folder \`${directory}\` cannot be read: ${problem}`,
    remedy: "Correct it, or name another folder by `PLUMBLINE_CONTROL_PLANE=directory:PATH`.",
    meanwhile:
      "What was read from it last still holds, and nothing counts as removed. It is read again on its own.",
    retryable: true,
  }),
  DefinitionFileUnreadable: ({ problem }: { problem: string }) => ({
    title: `The file cannot be read: ${problem}`,
    remedy: "What was read from it last still holds, and nothing counts as removed.",
    retryable: true,
  }),
  DefinitionSyntax: ({ line, problem }: { line: number; problem: string }) => ({
    title: `Line ${line} is not YAML that Kubernetes would read: ${problem}`,
    remedy: `Correct the document. ${KEPT}`,
    retryable: false,
  }),
  DefinitionTooLarge: ({ problem }: { problem: string }) => ({
    title: `The document is larger than definitions may be: ${problem}`,
    remedy: `Split it. ${KEPT}`,
    retryable: false,
  }),
  DefinitionIgnored: ({ what }: { what: string }) => ({
    title: `${what} is nothing a control plane consists of`,
    remedy:
      "It was left alone. A control plane holds Applications, AppProjects, Secrets labelled `argocd.argoproj.io/secret-type`, and the `argocd-*` ConfigMaps.",
    retryable: false,
  }),
  DefinitionDuplicate: ({ what, other }: { what: string; other: string }) => ({
    title: `${what} is defined more than once`,
    remedy: `The definition in ${other} is used, this one is not. Remove or rename one of them.`,
    retryable: false,
  }),
  DefinitionNotAdmitted: ({ what, problem }: { what: string; problem: string }) => ({
    title: `${what} may not be defined here: ${problem}`,
    remedy:
      "It is not used. An AppProject admits Applications from a repository by its annotation `plumbline.dev/definition-repos`; everything else comes from the operator's control plane.",
    retryable: false,
  }),
  DefinitionStale: () => ({
    title: "The last readable definition is shown, the file is broken now",
    remedy: "Nothing is synced by it and nothing was removed. Correct the file.",
    retryable: false,
  }),
  FieldInvalid: ({ field, problem }: { field: string; problem: string }) => ({
    title: `\`${field}\` ${problem}`,
    remedy: KEPT,
    retryable: false,
  }),
  FieldUnknown: ({ field, nearest }: { field: string; nearest: string }) => ({
    title: `\`${field}\` is not a field that is known here`,
    remedy: `${nearest === "" ? "" : `\`${nearest}\` is. `}It is ignored; the rest of the definition is used.`,
    retryable: false,
  }),
  FieldNotHonoured: ({ field, consequence }: { field: string; consequence: string }) => ({
    title: `\`${field}\` is not honoured yet`,
    remedy: `${consequence}. The rest of the definition is used.`,
    retryable: false,
  }),
  FieldKeepsFromSync: ({ field, consequence }: { field: string; consequence: string }) => ({
    title: `\`${field}\` is not honoured yet, and it protects`,
    remedy: `${consequence}. Until it is honoured, what it protects is previewed and compared, but not synced.`,
    retryable: false,
  }),
  FieldCannotBeRendered: ({ field, what }: { field: string; what: string }) => ({
    title: `${what} cannot be rendered yet (\`${field}\`)`,
    remedy: "The Application is neither previewed nor synced, and nothing of it is pruned.",
    retryable: false,
  }),
  ApplicationSetNotBuilt: ({ name }: { name: string }) => ({
    title: `ApplicationSet \`${name}\` generates nothing: ApplicationSets are not built yet`,
    remedy: "Write its Applications out, one manifest each, until they are. Nothing was removed.",
    retryable: false,
  }),
  ProjectMissing: ({ application, project }: { application: string; project: string }) => ({
    title: `Application \`${application}\` names project \`${project}\`, which does not exist`,
    remedy:
      "It is neither previewed nor synced. Add the AppProject to the control plane, or correct `spec.project`.",
    retryable: false,
  }),
  NamespaceNotAdmitted: ({
    application,
    project,
    namespace,
  }: {
    application: string;
    project: string;
    namespace: string;
  }) => ({
    title: `Project \`${project}\` does not admit Applications of namespace \`${namespace}\``,
    remedy: `Application \`${application}\` is neither previewed nor synced. Add the namespace to the project's \`sourceNamespaces\`, or move the Application.`,
    retryable: false,
  }),
  DestinationUnknown: ({ destination }: { destination: string }) => ({
    title: `No cluster is known by ${destination}`,
    remedy:
      "The Application is neither compared nor synced. Add a cluster Secret, or correct `spec.destination`.",
    retryable: false,
  }),
  DestinationAmbiguous: ({ name, servers }: { name: string; servers: readonly string[] }) => ({
    title: `${servers.length} clusters are called \`${name}\``,
    remedy: `The Application is neither compared nor synced. Rename all but one of them, or name the cluster by \`spec.destination.server\`:\n${servers.map((server) => `- \`${server}\``).join("\n")}`,
    retryable: false,
  }),
  ClusterDuplicate: ({ server, used }: { server: string; used: string }) => ({
    title: `More than one Secret describes cluster \`${server}\``,
    remedy: `The one in ${used} is used, always; this one is not. Remove one of them.`,
    retryable: false,
  }),
  SecretInvalid: ({ key, problem }: { key: string; problem: string }) => ({
    title: `\`${key}\` of the Secret ${problem}`,
    remedy: "The Secret is not used until it is corrected; its last readable state holds until then.",
    retryable: false,
  }),
  RepositoryFileInvalid: ({ field, problem }: { field: string; problem: string }) => ({
    title: `\`.github/plumbline.yml\`: ${field === "" ? "it" : `\`${field}\``} ${problem}`,
    remedy: "Until it is corrected on the base branch, its last readable state there holds.",
    retryable: false,
  }),
} as const satisfies Reasons;
