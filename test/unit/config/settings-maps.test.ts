import { describe, expect, it } from "vitest";

import { isSettingsMap, parseSettingsMap } from "../../../src/config/settings-maps.ts";
import { brief, manifest } from "../../support/definitions.ts";

function parse(data: Readonly<Record<string, string>>, name = "argocd-cm") {
  const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data };
  return parseSettingsMap(manifest(JSON.stringify(object)));
}

describe("parseSettingsMap, argocd-cm", () => {
  it("decides nothing when it is empty", () => {
    expect(parse({})).toEqual({ settings: {}, problems: [] });
  });

  it("reads which kinds are managed", () => {
    const { settings, problems } = parse({
      "resource.exclusions": "- apiGroups: ['*']\n  kinds: [Event]\n  clusters: [https://a]\n",
      "resource.inclusions": "[{kinds: [Deployment]}]",
    });
    expect(problems).toEqual([]);
    expect(settings).toEqual({
      resourceExclusions: [{ apiGroups: ["*"], kinds: ["Event"], clusters: ["https://a"] }],
      resourceInclusions: [{ apiGroups: [], kinds: ["Deployment"], clusters: [] }],
    });
  });

  it.for([
    ["ignoreResourceStatusField: all", "all"],
    ["ignoreResourceStatusField: crd", "crd"],
    ["ignoreResourceStatusField: none", "none"],
    ["ignoreResourceStatusField: off", "none"],
    ["ignoreResourceStatusField: 'off'", "none"],
    ["ignoreAggregatedRoles: true", undefined],
  ] as const)("reads whose status is ignored by `%s`: %s", ([options, ignoreResourceStatusField]) => {
    const { settings, problems } = parse({ "resource.compareoptions": options });
    expect(problems).toEqual([]);
    expect(settings?.ignoreResourceStatusField).toBe(ignoreResourceStatusField);
  });

  it("reads what every Application ignores, from split keys and from the map", () => {
    const { settings, problems } = parse({
      "resource.customizations":
        "admissionregistration.k8s.io/MutatingWebhookConfiguration:\n  ignoreDifferences: |\n    jsonPointers: [/webhooks/0/clientConfig/caBundle]\n",
      "resource.customizations.ignoreDifferences.all": "jsonPointers: [/metadata/annotations/x]",
      "resource.customizations.ignoreDifferences.apps_Deployment": "jsonPointers: [/spec/replicas]",
      "resource.customizations.ignoreDifferences.Service": "jsonPointers: [/spec/clusterIP]",
    });
    expect(problems).toEqual([]);
    expect(settings?.ignoreDifferences).toEqual([
      {
        group: "admissionregistration.k8s.io",
        kind: "MutatingWebhookConfiguration",
        jsonPointers: ["/webhooks/0/clientConfig/caBundle"],
      },
      { group: "*", kind: "*", jsonPointers: ["/metadata/annotations/x"] },
      { group: "apps", kind: "Deployment", jsonPointers: ["/spec/replicas"] },
      { group: "", kind: "Service", jsonPointers: ["/spec/clusterIP"] },
    ]);
  });

  it("names kinds whose health a script decides", () => {
    const { settings, problems } = parse({
      "resource.customizations.health.example.com_Widget": "hs = {}",
      "resource.customizations": "apps/Deployment: {health.lua: 'hs = {}', health.lua.useOpenLibs: true}",
    });
    expect(settings?.customHealthKinds).toEqual([
      { group: "apps", kind: "Deployment" },
      { group: "example.com", kind: "Widget" },
    ]);
    expect(problems.map(({ reason }) => reason)).toEqual(["FieldNotHonoured", "FieldNotHonoured"]);
  });

  it.for([
    ["application.instanceLabelKey", "x"],
    ["application.resourceTrackingMethod", "annotation+label"],
    ["globalProjects", "[]x"],
    ["helm.valuesFileSchemes", "https"],
    ["installationID", "x"],
    ["kustomize.buildOptions", "--enable-helm"],
    ["timeout.reconciliation", "60s"],
    ["resource.customizations.actions.apps_Deployment", "discovery.lua: ''"],
    ["resource.customizations.ignoreDifferences.Service", "jqPathExpressions: [.spec]"],
    ["dex.config", "x"],
  ] as const)("warns that %s has no effect, or not all of it", ([key, value]) => {
    const { settings, problems } = parse({ [key]: value });
    expect(settings).toBeDefined();
    expect(problems).toMatchObject([{ reason: "FieldNotHonoured", severity: "warning" }]);
    expect(problems[0]?.title + String(problems[0]?.remedy)).toContain(key);
  });

  it("lists all keys without effect in one warning", () => {
    const { problems } = parse({
      url: "https://x",
      "users.anonymous.enabled": "true",
      "admin.enabled": "false",
    });
    expect(problems).toHaveLength(1);
    expect(problems[0]?.remedy).toContain("`admin.enabled`, `url`, `users.anonymous.enabled`");
  });

  it("says that objects tracked by label are not recognised", () => {
    expect(parse({ "application.resourceTrackingMethod": "label" }).problems).toMatchObject([
      { severity: "error", field: 'data["application.resourceTrackingMethod"]' },
    ]);
    expect(parse({ "application.resourceTrackingMethod": "annotation" }).problems).toEqual([]);
  });

  it("says which of Kustomize's options have no effect", () => {
    const ours = parse({ "kustomize.buildOptions": "--load-restrictor LoadRestrictionsNone" });
    expect(ours.problems).toEqual([]);
    const { problems } = parse({ "kustomize.buildOptions": "--enable-helm --reorder none" });
    expect(problems).toMatchObject([{ severity: "warning", field: 'data["kustomize.buildOptions"]' }]);
    expect(problems[0]?.remedy).toContain("`--enable-helm`");
    expect(problems[0]?.remedy).not.toContain("--reorder");
  });

  it.for<[string, string]>([
    ["incident 7", "incident 7"],
    ["true", "true"],
    ["false", ""],
    ["", ""],
  ])("T288 freezes all writes for the reason `%s`", ([text, why]) => {
    const { settings, problems } = parse({ "plumbline.freeze": text });
    expect(settings?.freeze).toBe(why);
    expect(problems).toEqual([]);
  });

  it("takes the pod's own cluster away, and reads schemes and options", () => {
    const { settings } = parse({
      "cluster.inClusterEnabled": "false",
      "helm.valuesFileSchemes": "https, s3",
      "kustomize.buildOptions": " --enable-helm ",
    });
    expect(settings).toEqual({
      isInClusterEnabled: false,
      helmValuesFileSchemes: ["https", "s3"],
      kustomizeBuildOptions: "--enable-helm",
    });
  });

  it.for([
    ["resource.exclusions", "[", "is not YAML"],
    ["resource.exclusions", "a: b", "is not a list of objects"],
    ["resource.exclusions", "[{kinds: Event}]", "is not a list of texts"],
    ["resource.compareoptions", "[]", "is not an object"],
    ["resource.compareoptions", "ignoreResourceStatusField: some", "is neither `all`, `crd` nor `none`"],
    ["resource.customizations", "[]", "is not a map of kinds"],
    ["resource.customizations.ignoreDifferences.all", "[]", "is not an object"],
  ] as const)("says what is wrong with %s: %s", ([key, value, said]) => {
    const { settings, problems } = parse({ [key]: value });
    expect(settings).toBeDefined();
    expect(problems).toMatchObject([{ severity: "error" }]);
    expect(problems[0]?.title).toContain(said);
  });

  it("does not take a value that is no text", () => {
    const yaml = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-cm}\ndata: {url: 3}\n";
    expect(parseSettingsMap(manifest(yaml))).toMatchObject({
      problems: [{ severity: "error", field: "data.url" }],
    });
    expect(parseSettingsMap(manifest(yaml)).settings).toBeUndefined();
  });
});

describe("parseSettingsMap, the others", () => {
  it("reads ssh hosts and certificates", () => {
    const hosts = parse({ ssh_known_hosts: "github.com ssh-ed25519 A" }, "argocd-ssh-known-hosts-cm");
    expect(hosts).toEqual({ settings: { sshKnownHosts: "github.com ssh-ed25519 A" }, problems: [] });
    const certificates = parse({ "git.example": "PEM" }, "argocd-tls-certs-cm");
    expect(certificates).toEqual({ settings: { tlsCertificates: { "git.example": "PEM" } }, problems: [] });
  });

  it.for(["argocd-rbac-cm", "argocd-notifications-cm", "argocd-cmd-params-cm", "argocd-gpg-keys-cm"])(
    "names %s as not used yet",
    (name) => {
      expect(brief(parse({ a: "b" }, name).problems)).toEqual(["warning data is not honoured yet"]);
      expect(parse({}, name).problems).toEqual([]);
    },
  );

  it("knows which ConfigMaps are settings", () => {
    expect(["argocd-cm", "argocd-rbac-cm", "argocd-image-updater", "constructor"].map(isSettingsMap)).toEqual(
      [true, true, false, false],
    );
  });
});
