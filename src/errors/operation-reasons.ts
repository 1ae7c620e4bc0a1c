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
  ProjectUnknown: ({ application, project }: { application: string; project: string }) => ({
    title: `Application \`${application}\` names project \`${project}\`, which does not exist`,
    remedy: "Nothing was changed. Define the AppProject in the control plane, or correct `spec.project`.",
    retryable: false,
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
  MergeConflict: ({ paths }: { paths: readonly string[] }) => ({
    title: "This pull request conflicts with its base branch",
    remedy: `Nothing was rendered. Merge or rebase, and push. In conflict: ${paths.map((path) => `\`${path}\``).join(", ")}.`,
    retryable: false,
  }),
  PlanInvalid: ({ problems }: { problems: readonly string[] }) => ({
    title: "One or more objects may not be synced",
    remedy: `${problems.map((problem) => `- ${problem}`).join("\n")}\n\nNothing was changed.`,
    retryable: false,
  }),
} as const satisfies Reasons;
