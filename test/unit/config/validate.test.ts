import { describe, expect, it } from "vitest";

import { validateFiles } from "../../../src/config/validate.ts";
import { applicationYaml, DESTINATION, SOURCE } from "../../support/definitions.ts";

const LONELY = applicationYaml(`project: team\n${SOURCE}\ndestination: {name: prod, namespace: shop}`);
const PROJECT = "apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: {name: other}\nspec: {}\n";
const CLUSTER =
  "apiVersion: v1\nkind: Secret\nmetadata: {name: c, labels: {argocd.argoproj.io/secret-type: cluster}}\nstringData: {name: c, server: https://c}\n";

function judge(...texts: readonly string[]) {
  const files = texts.map((text, index) => ({ file: `${index}.yaml`, text }));
  const { problems, hasErrors } = validateFiles(files);
  return { said: problems.map(({ severity, reason }) => `${severity} ${reason}`), hasErrors };
}

describe("validateFiles", () => {
  it("has nothing to say of good files", () => {
    expect(judge(applicationYaml(`${SOURCE}\n${DESTINATION}`))).toEqual({ said: [], hasErrors: false });
  });

  it("only warns of a project and a cluster that may be in other files", () => {
    expect(judge(LONELY)).toEqual({
      said: ["warning DestinationUnknown", "warning ProjectMissing"],
      hasErrors: false,
    });
  });

  it("judges them where files hold others of their kind", () => {
    expect(judge(LONELY, PROJECT)).toEqual({
      said: ["warning DestinationUnknown", "error ProjectMissing"],
      hasErrors: true,
    });
    expect(judge(LONELY, CLUSTER)).toEqual({
      said: ["error DestinationUnknown", "warning ProjectMissing"],
      hasErrors: true,
    });
  });

  it("reads .github/plumbline.yml for what it is", () => {
    const text = "coment: {}\n";
    expect(validateFiles([{ file: "x/.github/plumbline.yml", text }])).toMatchObject({
      problems: [
        { reason: "RepositoryFileInvalid", file: "x/.github/plumbline.yml", line: 1, field: "coment" },
      ],
      hasErrors: true,
    });
  });

  it("tells the problems of all files at once, with their places", () => {
    const { problems } = validateFiles([
      { file: "b.yaml", text: `${applicationYaml("{}")}---\nfoo: [\n` },
      { file: "a.yaml", text: CLUSTER.replace("https://c", "nowhere") },
    ]);
    expect(problems.map(({ file, document, line, field }) => `${file} ${document} ${line} ${field}`)).toEqual(
      [
        "a.yaml 1 4 stringData.server",
        "b.yaml 1 4 spec.source",
        "b.yaml 1 4 spec.destination",
        "b.yaml 2 8 ",
      ],
    );
  });
});
