import type { AppPermissions } from "./model.ts";

/** What `app.yml` asks for; a test compares them. */
export const DOUBLE_PERMISSIONS: AppPermissions = {
  contents: "read",
  metadata: "read",
  pull_requests: "write",
  issues: "read",
  checks: "write",
  statuses: "write",
  merge_queues: "read",
};

export const DOUBLE_EVENTS = [
  "check_run",
  "check_suite",
  "issue_comment",
  "merge_group",
  "pull_request",
  "push",
  "repository",
] as const;
