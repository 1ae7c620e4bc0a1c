import { describe, expect, it } from "vitest";

import { parseApplication, withInstanceName } from "../../../src/config/application-manifest.ts";
import { applicationYaml, brief, DESTINATION, manifest, SOURCE } from "../../support/definitions.ts";

function parse(spec: string, metadata?: string) {
  return parseApplication(manifest(applicationYaml(spec, metadata)));
}

/** Whether it could be read, and all that is said of it. */
function judge(spec: string, metadata?: string) {
  const { application, problems } = parse(spec, metadata);
  return { isRead: application !== undefined, said: brief(problems) };
}

describe("parseApplication", () => {
  it("fills in Argo CD's defaults", () => {
    const { application, problems } = parse(`${SOURCE}\n${DESTINATION}`);
    expect(problems).toEqual([]);
    expect(application).toEqual({
      namespace: "argocd",
      name: "web",
      instanceName: "web",
      project: "default",
      sources: [
        {
          repoURL: "https://github.com/acme/shop",
          path: "web",
          chart: "",
          targetRevision: "HEAD",
          ref: "",
          name: "",
        },
      ],
      isMultiSource: false,
      destination: { server: "https://kubernetes.default.svc", name: "", namespace: "shop" },
      syncPolicy: { syncOptions: [] },
      ignoreDifferences: [],
      info: [],
      revisionHistoryLimit: 10,
      labels: {},
      annotations: {},
      finalizers: [],
      previewOnly: [],
      warnings: [],
    });
  });

  it("reads every field it knows", () => {
    const { application, problems } = parse(
      [
        SOURCE,
        "destination: {name: prod, namespace: shop}",
        "project: team",
        "ignoreDifferences:",
        "- {group: apps, kind: Deployment, name: web, namespace: shop, jsonPointers: [/spec/replicas]}",
        "info: [{name: url, value: https://shop.example}]",
        "revisionHistoryLimit: 0",
      ].join("\n"),
      "{name: web, namespace: team-a, labels: {a: b}, annotations: {c: d}, finalizers: [example.com/keep]}",
    );
    expect(problems).toEqual([]);
    expect(application).toMatchObject({
      namespace: "team-a",
      instanceName: "team-a_web",
      project: "team",
      destination: { server: "", name: "prod", namespace: "shop" },
      ignoreDifferences: [
        {
          group: "apps",
          kind: "Deployment",
          name: "web",
          namespace: "shop",
          jsonPointers: ["/spec/replicas"],
        },
      ],
      info: [{ name: "url", value: "https://shop.example" }],
      revisionHistoryLimit: 0,
      labels: { a: "b" },
      annotations: { c: "d" },
      finalizers: ["example.com/keep"],
    });
  });

  it.for([
    [
      "no spec fields",
      "{}",
      [
        "error spec.source is missing, and so is `spec.sources`",
        "error spec.destination names no cluster: it needs `server` or `name`",
      ],
    ],
    [
      "server and name",
      `${SOURCE}\ndestination: {server: https://a, name: b}`,
      ["error spec.destination has both `server` and `name`: one of them must go"],
    ],
    [
      "a project that is no text",
      `${SOURCE}\n${DESTINATION}\nproject: 3`,
      ["error spec.project is not a text, but a number"],
    ],
    [
      "a boolean for a text",
      `${SOURCE}\n${DESTINATION}\nproject: y`,
      ["error spec.project is not a text, but a boolean, as unquoted `y`, `no` and `on` are too"],
    ],
    [
      "a negative history",
      `${SOURCE}\n${DESTINATION}\nrevisionHistoryLimit: -1`,
      ["error spec.revisionHistoryLimit is negative"],
    ],
    [
      "an ignore rule without kind",
      `${SOURCE}\n${DESTINATION}\nignoreDifferences: [{group: apps}]`,
      ["error spec.ignoreDifferences[0].kind is missing"],
    ],
    [
      "a pointer that is a path",
      `${SOURCE}\n${DESTINATION}\nignoreDifferences: [{kind: A, jsonPointers: [spec.replicas]}]`,
      ["error spec.ignoreDifferences[0].jsonPointers[0] is not a JSON pointer: it must begin with `/`"],
    ],
  ] as const)("refuses %s", ([, spec, said]) => {
    expect(judge(spec)).toEqual({ isRead: false, said });
  });

  it.for([
    ["no name", "{}", "error metadata.name is missing"],
    [
      "a name in capitals",
      "{name: Web}",
      "error metadata.name is not lower-case letters, digits, `-` and `.`",
    ],
    [
      "a name with an underscore",
      "{name: a_b}",
      "error metadata.name is not lower-case letters, digits, `-` and `.`",
    ],
    [
      "a namespace with a slash",
      "{name: a, namespace: b/c}",
      "error metadata.namespace is not lower-case letters, digits, `-` and `.`",
    ],
    [
      "a label that is no text",
      "{name: a, labels: {x: 1}}",
      "error metadata.labels.x is not a text, but a number",
    ],
  ] as const)("refuses %s", ([, metadata, said]) => {
    expect(judge(`${SOURCE}\n${DESTINATION}`, metadata)).toEqual({ isRead: false, said: [said] });
  });

  it("names mistyped fields with what was meant, and reads on", () => {
    const spec = [
      "source: {repoURL: https://github.com/acme/shop, path: web, targetRevison: main, helm: {valuesfiles: [a]}}",
      "destination: {server: https://kubernetes.default.svc, namepsace: shop}",
      "sycnPolicy: {automated: {}}",
      "other: 1",
    ].join("\n");
    const { application, problems } = parse(spec);
    expect(problems.map(({ field, remedy }) => `${field}: ${remedy.split(".")[0]}`)).toEqual([
      "spec.source.helm.valuesfiles: `valueFiles` is",
      "spec.source.targetRevison: `targetRevision` is",
      "spec.destination.namepsace: `namespace` is",
      "spec.sycnPolicy: `syncPolicy` is",
      "spec.other: It is ignored; the rest of the definition is used",
    ]);
    expect(application?.warnings.map(({ field }) => field)).toEqual(problems.map(({ field }) => field));
  });

  it("tells every problem at once, each with its line", () => {
    const { problems } = parse("source: {path: /x}\nproject: 3\ndestination:\n  server: ''");
    expect(problems.map(({ line, field }) => `${line} ${field}`)).toEqual([
      "5 spec.source.repoURL",
      "5 spec.source.path",
      "7 spec.destination",
      "6 spec.project",
    ]);
  });

  it("says whose problem it is, and where", () => {
    const [problem] = parse("{}", "{name: web, namespace: team}").problems;
    expect(problem).toMatchObject({
      file: "all.yaml",
      document: 1,
      subject: { kind: "Application", namespace: "team", name: "web" },
    });
  });

  it.for([
    ["https://kubernetes.default.svc/", "https://kubernetes.default.svc"],
    ["https://Prod.Example.COM:443//", "https://prod.example.com"],
    ["HTTPS://10.0.0.1:6443", "https://10.0.0.1:6443"],
    ["http://a:80/K8S/Path", "http://a/K8S/Path"],
  ])("T162 takes server %s for %s", ([server, canonical]) => {
    const { application } = parse(`${SOURCE}\ndestination: {server: '${server}'}`);
    expect(application?.destination.server).toBe(canonical);
  });

  it("reads null as absent, as the API server does", () => {
    expect(judge(`${SOURCE}\n${DESTINATION}\nproject: null\nsyncPolicy: ~\ninfo:`)).toEqual({
      isRead: true,
      said: [],
    });
  });
});

describe("parseApplication, what is not honoured", () => {
  it.for([
    [
      "ignoreDifferences: [{kind: A, jqPathExpressions: [.a]}]",
      "spec.ignoreDifferences[0].jqPathExpressions",
    ],
    [
      "ignoreDifferences: [{kind: A, managedFieldsManagers: [hpa]}]",
      "spec.ignoreDifferences[0].managedFieldsManagers",
    ],
    ["syncPolicy: {syncOptions: [Prune=confirm]}", "spec.syncPolicy.syncOptions[0]"],
    ["syncPolicy: {syncOptions: [Delete=confirm]}", "spec.syncPolicy.syncOptions[0]"],
    [
      "syncPolicy: {syncOptions: [PruneLast=true, RespectIgnoreDifferences=true]}",
      "spec.syncPolicy.syncOptions[1]",
    ],
  ])("keeps `%s` from being synced", ([spec, field]) => {
    const { application, problems } = parse(`${SOURCE}\n${DESTINATION}\n${spec}`);
    expect(application?.previewOnly.map((one) => one.field)).toEqual([field]);
    expect(problems).toMatchObject([{ reason: "FieldKeepsFromSync", severity: "warning" }]);
  });

  it("keeps an Application that asks to be left alone from being synced", () => {
    const metadata = "{name: web, annotations: {argocd.argoproj.io/skip-reconcile: 'true'}}";
    const { application } = parse(`${SOURCE}\n${DESTINATION}`, metadata);
    expect(application?.previewOnly).toMatchObject([
      { field: 'metadata.annotations["argocd.argoproj.io/skip-reconcile"]' },
    ]);
  });

  it.for([
    "argocd.argoproj.io/compare-options: ServerSideDiff=true",
    "argocd.argoproj.io/client-side-apply-migration-manager: helm",
    "notifications.argoproj.io/subscribe.on-sync-failed.slack: ops",
  ])("warns of the annotation %s", (annotation) => {
    const { application, problems } = parse(
      `${SOURCE}\n${DESTINATION}`,
      `{name: web, annotations: {${annotation}}}`,
    );
    expect(application?.warnings).toHaveLength(1);
    expect(application?.previewOnly).toEqual([]);
    expect(problems).toMatchObject([{ reason: "FieldNotHonoured", severity: "warning" }]);
  });

  it.for([
    "resources-finalizer.argocd.argoproj.io",
    "resources-finalizer.argocd.argoproj.io/background",
    "example.com/resources-finalizer",
  ])("takes the finalizer %s as it is", (finalizer) => {
    const { application } = parse(`${SOURCE}\n${DESTINATION}`, `{name: web, finalizers: [${finalizer}]}`);
    expect(application?.finalizers).toEqual([finalizer]);
    expect(application?.warnings).toEqual([]);
    expect(application?.previewOnly).toEqual([]);
  });

  it("does not carry out a sync that a file asks for", () => {
    const yaml = `${applicationYaml(`${SOURCE}\n${DESTINATION}`)}operation: {sync: {}}\nstatus: {sync: {}}\n`;
    const { application, problems } = parseApplication(manifest(yaml));
    expect(brief(problems)).toEqual(["warning operation is not honoured yet"]);
    expect(application?.warnings).toMatchObject([{ field: "operation" }]);
  });

  it.for([
    ["chart", "source: {repoURL: https://charts.example, chart: web, targetRevision: 1.0.0}"],
    ["plugin", "source: {repoURL: https://github.com/acme/shop, path: web, plugin: {name: x}}"],
    [
      "directory.jsonnet",
      "source: {repoURL: https://github.com/acme/shop, path: web, directory: {jsonnet: {libs: [a]}}}",
    ],
    ["tagPrefix", "source: {repoURL: https://github.com/acme/shop, path: web, tagPrefix: v}"],
  ])("names what cannot be rendered: %s", ([field, source]) => {
    const { application, problems } = parse(`${source}\n${DESTINATION}`);
    expect(application?.name).toBe("web");
    expect(problems).toMatchObject([
      { reason: "FieldCannotBeRendered", severity: "error", field: `spec.source.${field}` },
    ]);
  });

  it("names a hydrated source, which hides the others", () => {
    const { application, problems } = parse(`${SOURCE}\n${DESTINATION}\nsourceHydrator: {drySource: {}}`);
    expect(application).toBeUndefined();
    expect(problems).toMatchObject([{ reason: "FieldCannotBeRendered", field: "spec.sourceHydrator" }]);
  });
});

describe("withInstanceName", () => {
  it("tracks Applications of the control plane's namespace by their bare name, others with their namespace", () => {
    const { application } = parse(`${SOURCE}\n${DESTINATION}`, "{name: web, namespace: gitops}");
    if (application === undefined) throw new Error("not read");
    expect(withInstanceName(application, "gitops").instanceName).toBe("web");
    expect(withInstanceName(application, "argocd").instanceName).toBe("gitops_web");
  });
});
