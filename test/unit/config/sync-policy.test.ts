import { describe, expect, it } from "vitest";

import { parseApplication } from "../../../src/config/application-manifest.ts";
import { applicationYaml, brief, DESTINATION, manifest, SOURCE } from "../../support/definitions.ts";

function parse(policy: string) {
  const spec = `${SOURCE}\n${DESTINATION}\nsyncPolicy: ${policy}`;
  const { application, problems } = parseApplication(manifest(applicationYaml(spec)));
  return { policy: application?.syncPolicy, problems: brief(problems) };
}

describe("readSyncPolicy", () => {
  it.for([
    ["{}", undefined],
    ["{automated: null}", undefined],
    ["{automated: {}}", { prune: false, selfHeal: false, allowEmpty: false }],
    ["{automated: {enabled: true, prune: true}}", { prune: true, selfHeal: false, allowEmpty: false }],
    ["{automated: {enabled: null, selfHeal: true}}", { prune: false, selfHeal: true, allowEmpty: false }],
    ["{automated: {allowEmpty: true}}", { prune: false, selfHeal: false, allowEmpty: true }],
    ["{automated: {enabled: false, prune: true}}", undefined],
  ] as const)("reads whether %s syncs by itself", ([policy, automated]) => {
    expect(parse(policy)).toEqual({
      policy: automated === undefined ? { syncOptions: [] } : { syncOptions: [], automated },
      problems: [],
    });
  });

  it.for([
    ["{retry: {}}", { limit: 0, durationMs: 5_000, factor: 2, maxDurationMs: 180_000, refresh: false }],
    [
      "{retry: {limit: -1, refresh: true, backoff: {duration: '10', factor: 3, maxDuration: 1m30s}}}",
      { limit: -1, durationMs: 10_000, factor: 3, maxDurationMs: 90_000, refresh: true },
    ],
  ] as const)("reads %s", ([policy, retry]) => {
    expect(parse(policy)).toEqual({ policy: { syncOptions: [], retry }, problems: [] });
  });

  it.for([
    [
      "{retry: {backoff: {duration: soon}}}",
      "error spec.syncPolicy.retry.backoff.duration is no duration: write seconds (`5`), or a number and a unit (`5s`, `1m30s`)",
    ],
    [
      "{retry: {backoff: {duration: -5s}}}",
      "error spec.syncPolicy.retry.backoff.duration is no duration: write seconds (`5`), or a number and a unit (`5s`, `1m30s`)",
    ],
    [
      "{retry: {backoff: {duration: 5}}}",
      "error spec.syncPolicy.retry.backoff.duration is not a text, but a number",
    ],
    ["{retry: {backoff: {factor: 0}}}", "error spec.syncPolicy.retry.backoff.factor is less than 1"],
    ["{retry: {limit: '5'}}", "error spec.syncPolicy.retry.limit is not a whole number, but a text"],
    [
      "{automated: {prune: 'true'}}",
      "error spec.syncPolicy.automated.prune is not `true` or `false`, but a text",
    ],
    [
      "{automated: true}",
      "error spec.syncPolicy.automated is not an object, but a boolean, as unquoted `y`, `no` and `on` are too",
    ],
  ] as const)("refuses %s", ([policy, said]) => {
    expect(parse(policy)).toEqual({ policy: undefined, problems: [said] });
  });

  it("reads the metadata of a namespace it creates", () => {
    expect(parse("{managedNamespaceMetadata: {labels: {a: b}}}").policy?.managedNamespaceMetadata).toEqual({
      labels: { a: "b" },
      annotations: {},
    });
  });
});

describe("checkSyncOptions", () => {
  it("takes what is honoured without a word", () => {
    const options = [
      "ApplyOutOfSyncOnly=true",
      "CreateNamespace=true",
      "Prune=false",
      "PruneLast=true",
      "PrunePropagationPolicy=background",
      "FailOnSharedResource=true",
      "Replace=true",
      "ServerSideApply=true",
      "SkipDryRunOnMissingResource=true",
      "Validate=false",
      "RespectIgnoreDifferences=false",
    ];
    const { policy, problems } = parse(`{syncOptions: [${options.join(", ")}]}`);
    expect(policy?.syncOptions).toEqual(options);
    expect(problems).toEqual([]);
  });

  it.for([
    ["Force=true", "It counts on single objects only: annotate them with `argocd.argoproj.io/sync-options`"],
    ["createNamespace=true", "There is no sync option of that name; `CreateNamespace=…` is one"],
    ["PruneLsat=true", "There is no sync option of that name; `PruneLast=…` is one"],
    ["constructor=true", "There is no sync option of that name"],
    ["Validate=no", "Its value must be `true` or `false`"],
    ["PrunePropagationPolicy=Foreground", "Its value must be `foreground` or `background` or `orphan`"],
    ["CreateNamespace", "Its value must be `true` or `false`"],
    ["ClientSideApplyMigration=false", "Objects applied client-side are migrated all the same"],
  ])("warns that %s does not do what was meant", ([option, consequence]) => {
    const spec = `${SOURCE}\n${DESTINATION}\nsyncPolicy: {syncOptions: ["${option}"]}`;
    const { application } = parseApplication(manifest(applicationYaml(spec)));
    expect(application?.warnings).toEqual([{ field: "spec.syncPolicy.syncOptions[0]", consequence }]);
    expect(application?.previewOnly).toEqual([]);
  });
});
