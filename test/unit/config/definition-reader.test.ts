import { describe, expect, it } from "vitest";

import { createDefinitionReader } from "../../../src/config/definition-reader.ts";
import { applicationYaml, DESTINATION, SOURCE } from "../../support/definitions.ts";

function project(spec: string): string {
  return `apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: {name: default}\nspec: {${spec}}\n`;
}
function app(name: string): string {
  return applicationYaml(`${SOURCE}\n${DESTINATION}`, `{name: ${name}}`);
}

describe("createDefinitionReader", () => {
  const reader = createDefinitionReader();
  const read = (file: string, text: string) => reader.readDefinitions({ file, text });
  const rules = read("p.yaml", project("sourceRepos: ['*'], destinations: [{server: '*', namespace: '*'}]"));
  const [a, b] = [read("a.yaml", app("a")), read("b.yaml", app("b"))];

  it("judges anew only what was read anew", () => {
    const before = reader.assembleControlPlane([rules, a, b]).applications;
    const after = reader.assembleControlPlane([rules, a, read("b.yaml", app("b"))]).applications;
    expect(after).toEqual(before);
    expect(after.map((one, index) => one === before[index])).toEqual([true, false]);
  });

  it("judges everything anew when the rules change", () => {
    const strict = read("p.yaml", project("sourceRepos: []"));
    const [before] = reader.assembleControlPlane([rules, a]).applications;
    const [after] = reader.assembleControlPlane([strict, a]).applications;
    expect(before?.problems).toEqual([]);
    expect(after?.problems.map(({ reason }) => reason)).toEqual(["ProjectForbids", "ProjectForbids"]);
  });
});
