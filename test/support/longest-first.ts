import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * What takes half a minute or more, the longest first: what is begun late ends alone, while the other workers have nothing
 * left. vitest knows durations only where it has run before, and orders a project's files only among themselves.
 */
const LONGEST: readonly string[] = [
  "e2e/serve-crash",
  "integration/kubernetes/watch-faults",
  "integration/conformance-render",
  "integration/server/github-faults",
  "integration/server/commands",
  "e2e/cli-killed",
  "e2e/demo",
  "integration/server/tick",
  "integration/cli-sync",
  "integration/renderer-process",
];

/** The files that take longest before all others. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => rankOf(one) - rankOf(other));
  }
}

function rankOf({ moduleId }: TestSpecification): number {
  const rank = LONGEST.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
  return rank === -1 ? LONGEST.length : rank;
}
