import { describe, expect, it } from "vitest";

import { isStaged, trialsOf } from "../../../src/domain/trial.ts";
import { type PlanScenario, plan } from "../../support/applications.ts";

/** `Job/migrate as migrate-trial, ConfigMap/a; untried: Widget/w`. */
function shown(scenario: PlanScenario): string {
  const { trials, untried } = trialsOf(plan(scenario).tasks);
  const tried = trials.map(({ task, target }) => {
    const { kind, name } = task.key;
    return target.key.name === name ? `${kind}/${name}` : `${kind}/${name} as ${target.key.name}`;
  });
  const rest = untried.map(({ key }) => `${key.kind}/${key.name}`);
  return [tried.join(", "), ...(rest.length === 0 ? [] : [`untried: ${rest.join(", ")}`])].join("; ");
}

describe("trialsOf", () => {
  it.for<{ name: string; scenario: PlanScenario; is: string }>([
    { name: "what is created", scenario: { target: "ConfigMap/a" }, is: "ConfigMap/a" },
    {
      name: "what is updated, as it stands",
      scenario: { target: "Job/a=2", live: "Job/a" },
      is: "Job/a",
    },
    {
      name: "nothing that is skipped or pruned",
      scenario: { target: "ConfigMap/a", live: "ConfigMap/a ConfigMap/b" },
      is: "",
    },
    {
      name: "a hook under another name, for what it left behind is deleted first",
      scenario: { target: "Job/migrate=2{hook:PreSync}", live: "Job/migrate{hook:PreSync}" },
      is: "Job/migrate as migrate-trial",
    },
    {
      name: "what is made anew under another name",
      scenario: { target: "Job/a=2{opt:Force=true+Replace=true}", live: "Job/a" },
      is: "Job/a as a-trial",
    },
    {
      name: "what is made anew if it must be under another name",
      scenario: { target: "Job/a=2{opt:Force=true}", live: "Job/a" },
      is: "Job/a as a-trial",
    },
    {
      name: "what is only replaced as it stands",
      scenario: { target: "Job/a=2{opt:Replace=true}", live: "Job/a" },
      is: "Job/a",
    },
    {
      name: "a long name that is still one",
      scenario: { target: `Job/${"a".repeat(56)}-b{hook:Sync}` },
      is: `Job/${"a".repeat(56)}-b as ${"a".repeat(56)}-trial`,
    },
    {
      name: "nothing whose name or address is its own",
      scenario: { target: "Service/a{hook:PreSync} Namespace/n{hook:PreSync}" },
      is: "",
    },
    {
      name: "nothing whose definition comes with it",
      scenario: { target: "CustomResourceDefinition/widgets.example.com Widget/w ConfigMap/a" },
      is: "ConfigMap/a, CustomResourceDefinition/widgets.example.com; untried: Widget/w",
    },
    {
      name: "a custom resource whose definition stays as it is",
      scenario: {
        target: "CustomResourceDefinition/widgets.example.com Widget/w",
        live: "CustomResourceDefinition/widgets.example.com",
      },
      is: "Widget/w",
    },
  ])("tries $name", ({ scenario, is }) => {
    expect(shown(scenario)).toBe(is);
  });

  it("speaks of the object that was meant", () => {
    const [trial] = trialsOf(plan({ target: "Job/migrate{hook:PreSync}" }).tasks).trials;
    expect(trial?.inWords('Job.batch "migrate-trial" is invalid')).toBe('Job.batch "migrate" is invalid');
  });
});

describe("isStaged", () => {
  it.for<{ name: string; scenario: PlanScenario; is: boolean }>([
    { name: "one wave", scenario: { target: "ConfigMap/a Secret/b" }, is: false },
    { name: "nothing", scenario: { target: "" }, is: false },
    { name: "two waves", scenario: { target: "ConfigMap/a Secret/b{wave:1}" }, is: true },
    { name: "a hook", scenario: { target: "Job/a{hook:PreSync}" }, is: true },
    { name: "a hook of the only wave", scenario: { target: "ConfigMap/b Job/a{hook:Sync}" }, is: true },
    { name: "only a hook for failures", scenario: { target: "ConfigMap/b Job/a{hook:SyncFail}" }, is: false },
    {
      name: "one wave left to write",
      scenario: { target: "ConfigMap/a Secret/b{wave:1}", live: "ConfigMap/a" },
      is: false,
    },
    {
      name: "a namespace made first",
      scenario: { target: "ConfigMap/a", options: ["CreateNamespace=true"] },
      is: false,
    },
  ])("calls a sync of $name staged: $is", ({ scenario, is }) => {
    expect(isStaged(plan(scenario).tasks)).toBe(is);
  });
});
