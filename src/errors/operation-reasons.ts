import type { Reasons } from "./explanation.ts";

/** What can stop a preview or a sync on our own side: missing intents, objects that are not ours, sources not built yet. */
export const OPERATION_REASONS = {
  IntentMissing: ({ application }: { application: string }) => ({
    title: `Nothing was written for Application \`${application}\`: its operation is no longer running`,
    remedy: "Nothing was changed. Ask for the sync again.",
    retryable: false,
  }),
  NotOurs: ({ application, object }: { application: string; object: string }) => ({
    title: `${object} does not belong to Application \`${application}\``,
    remedy: "It was not deleted: its tracking id names somebody else, or nobody. Look at who manages it now.",
    retryable: false,
  }),
  FileUnreadable: ({ file, problem }: { file: string; problem: string }) => ({
    title: `\`${file}\` cannot be read: ${problem}`,
    remedy:
      "Nothing was done. What is read are files of this machine, and standard input as `-`; of a folder, `FOLDER/*.yaml`.",
    retryable: false,
  }),
  ApplicationMissing: ({ where, names }: { where: string; names: readonly string[] }) => ({
    title: `There is no such Application in ${where}`,
    remedy:
      names.length === 0
        ? "Nothing was done. No document there is of kind Application."
        : `Nothing was done. It defines: ${names.map((name) => `\`${name}\``).join(", ")}.`,
    retryable: false,
  }),
  ApplicationAmbiguous: ({ where, names }: { where: string; names: readonly string[] }) => ({
    title: `${names.length} Applications in ${where} could be meant`,
    remedy: `Nothing was done. Name one, with its namespace where names repeat: ${names.map((name) => `\`${name}\``).join(", ")}.`,
    retryable: false,
  }),
  DefinitionInvalid: ({ problems }: { problems: readonly string[] }) => ({
    title: "The definition has problems",
    remedy: problems.map((problem) => `- ${problem}`).join("\n"),
    retryable: false,
  }),
  ProjectUnknown: ({ application, project }: { application: string; project: string }) => ({
    title: `Application \`${application}\` names project \`${project}\`, which does not exist`,
    remedy: "Nothing was changed. Define the AppProject in the control plane, or correct `spec.project`.",
    retryable: false,
  }),
  AdoptionUnclear: ({ application, other }: { application: string; other: string }) => ({
    title: `Whether Application \`${other}\` takes over objects of \`${application}\` cannot be told`,
    remedy: `Nothing was deleted. \`${other}\` reads the same folder and cannot be rendered now: mend it.`,
    meanwhile: "It is tried again on its own.",
    retryable: true,
  }),
  SourceNotSupported: ({ what }: { what: string }) => ({
    title: `This version cannot render ${what}`,
    remedy:
      "Nothing was changed. Vendor it into the repository, or leave this Application to Argo CD for now.",
    retryable: false,
  }),
  TargetInvalid: ({ application, problems }: { application: string; problems: readonly string[] }) => ({
    title: `Application \`${application}\` has objects that cannot be applied`,
    remedy: `${problems.map((problem) => `- ${problem}`).join("\n")}\n\nNothing was changed.`,
    retryable: false,
  }),
  PreviewOnly: ({ application, fields }: { application: string; fields: readonly string[] }) => ({
    title: `Application \`${application}\` is only previewed: parts of its definition protect and are not honoured yet`,
    remedy: `${fields.map((field) => `- ${field}`).join("\n")}\n\nNothing was changed. \`--dry-run\` and \`plumbline diff\` show what a sync would do.`,
    retryable: false,
  }),
  RenderChanged: ({ application }: { application: string }) => ({
    title: `Application \`${application}\` renders differently from what was shown`,
    remedy: "Nothing was changed. Look at it again with `/diff`, then ask for the sync again.",
    retryable: false,
  }),
  ConfirmationStale: ({ digest }: { digest: string }) => ({
    title: "What was confirmed is not what would be withheld now",
    remedy:
      digest === ""
        ? "Nothing was changed, and nothing is withheld any more: leave `--confirm` out."
        : `Nothing was changed. Look at what is withheld now; it is confirmed by \`--confirm ${digest}\`.`,
    retryable: false,
  }),
  SelectorInvalid: ({ problem }: { problem: string }) => ({
    title: `A resource was not named as GROUP:KIND:NAMESPACE/NAME`,
    remedy: `Nothing was changed: ${problem}.`,
    retryable: false,
  }),
  NothingSelected: ({ application, selector }: { application: string; selector: string }) => ({
    title: `Application \`${application}\` has no object \`${selector}\``,
    remedy:
      "Nothing was changed. `plumbline sync --dry-run` lists its objects; a resource is named as GROUP:KIND:NAMESPACE/NAME, with an empty GROUP for kinds such as Service and ConfigMap.",
    retryable: false,
  }),
  ClusterNotGiven: ({ application }: { application: string }) => ({
    title: `There is no kubeconfig to sync Application \`${application}\` with`,
    remedy:
      "Nothing was changed. Set `KUBECONFIG`, or add `--dry-run` to see the plan against an empty cluster.",
    retryable: false,
  }),
  DestinationRefused: ({ destination, current }: { destination: string; current: string }) => ({
    title: `The Application goes to \`${destination}\`, which is not the cluster at hand`,
    remedy:
      current === ""
        ? "Nothing was changed. There is no kubeconfig: only Applications for `https://kubernetes.default.svc` can be planned."
        : `Nothing was changed. The kubeconfig's current context is \`${current}\`: switch the context (\`--context NAME\`), or use \`https://kubernetes.default.svc\` as the destination's server.`,
    retryable: false,
  }),
  AlreadyRegistered: ({ where }: { where: string }) => ({
    title: "There is an App already",
    remedy: `Nothing was changed. Its credentials are in ${where}: remove them first if another App is to take its place.`,
    retryable: false,
  }),
  WebhookUrlMissing: (_: Readonly<Record<string, never>>) => ({
    title: "Where GitHub will reach the server is not known",
    remedy: "Nothing was changed. Give it by `--url https://HOST`, or write it into `./app.yml`.",
    retryable: false,
  }),
  MergeConflict: ({ paths }: { paths: readonly string[] }) => ({
    title: "This pull request conflicts with its base branch",
    remedy: `Nothing was rendered. Merge or rebase, and push. In conflict: ${paths.map((path) => `\`${path}\``).join(", ")}.`,
    retryable: false,
  }),
  PlanInvalid: ({ problems }: { problems: readonly string[] }) => ({
    title: `A sync is not permitted: ${problems[0]}`,
    remedy: [...problems.slice(1).map((problem) => `- ${problem}`), "Nothing was changed."].join("\n"),
    retryable: false,
  }),
} as const satisfies Reasons;
