import type { HelmSource } from "../../src/domain/application.ts";

/** Settings and overlays that nobody thought of, the same in every run. */
export interface Variations {
  readonly charts: readonly { readonly values: string; readonly helm: HelmSource }[];
  /** Kustomizations over `../base`. */
  readonly overlays: readonly string[];
}

export function createVariations(count: number): Variations {
  const chance = createChance(20_261_123);
  return {
    charts: Array.from({ length: count }, () => ({
      values: JSON.stringify(someValues(chance)),
      helm: someSettings(chance),
    })),
    overlays: Array.from({ length: count }, () => JSON.stringify(someOverlay(chance))),
  };
}

interface Chance {
  below(limit: number): number;
  pick<T>(choices: readonly T[]): T;
  /** Each entry with this likelihood, in per cent. */
  some<T>(entries: Readonly<Record<string, T>>, percent: number): Record<string, T>;
}

/** A linear congruential generator: good enough to mix features, and never different. */
function createChance(seed: number): Chance {
  let state = seed;
  function below(limit: number): number {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  }
  return {
    below,
    pick: <T>(choices: readonly T[]) => choices[below(choices.length)] as T,
    some: (entries, percent) =>
      Object.fromEntries(Object.entries(entries).filter(() => below(100) < percent)),
  };
}

const TEXTS = [
  "",
  "a",
  "yes",
  "0644",
  "1e3",
  "null",
  "~",
  "a: b",
  "- x",
  "multi\nline\n",
  "tr\tail ",
  "'q\"",
  "{{ .Release.Name }}",
  "ünï ☕",
  "#c",
  "@x",
  "012345678901234567890",
];

function someValues(chance: Chance): object {
  const text = () => chance.pick(TEXTS);
  return chance.some<unknown>(
    {
      replicaCount: chance.below(9),
      nameOverride: chance.pick(["", "short", "x".repeat(80)]),
      env: {
        ONE: text(),
        TWO: chance.pick<unknown>([null, 1, 1.5, true, 1e21, -0, "x"]),
        [`K${chance.below(99)}`]: text(),
      },
      list: Array.from({ length: chance.below(5) }, text),
      resources: chance.pick([{}, { limits: { cpu: 1, memory: "1Gi" } }, null]),
      ports: Array.from({ length: chance.below(3) }, (_, index) => ({
        name: `p${index}`,
        port: chance.pick([80, "81", 82.9]),
      })),
      ingress: { enabled: chance.pick([true, false]), hosts: Array.from({ length: chance.below(3) }, text) },
      ratio: chance.pick([0, 0.1, 1e-9, 3, 1e15, 123456789.123]),
      nested: { deep: { deeper: { value: text() }, extra: [[text()], { a: null }] } },
      [text() || "empty"]: text(),
    },
    60,
  );
}

function someSettings(chance: Chance): HelmSource {
  return chance.some<unknown>(
    {
      releaseName: chance.pick(["r", "a-longer-release-name"]),
      namespace: chance.pick(["default", "kube-system"]),
      // Without a suffix: that is cut off before Helm is asked, as Argo CD does it.
      kubeVersion: chance.pick(["1.28.0", "v1.31.5", "1.33.4"]),
      apiVersions: [chance.pick(["a/v1", "monitoring.coreos.com/v1"])],
      skipCrds: true,
      skipTests: true,
      parameters: [
        { name: "replicaCount", value: `${chance.below(100)}`, forceString: chance.pick([true, false]) },
        { name: "list", value: "{a,b}", forceString: false },
        { name: "ports[0].name", value: chance.pick(TEXTS), forceString: true },
      ].slice(0, chance.below(4)),
    },
    50,
  );
}

function someOverlay(chance: Chance): object {
  const text = () => chance.pick(TEXTS);
  return {
    resources: ["../base"],
    ...chance.some<unknown>(
      {
        namePrefix: "p-",
        nameSuffix: "-s",
        namespace: chance.pick(["ns", "default"]),
        commonAnnotations: { note: text(), other: "x" },
        labels: [
          {
            pairs: { l: chance.pick(["a", "b"]) },
            ...chance.some({ includeSelectors: true, includeTemplates: true }, 50),
          },
        ],
        images: [
          {
            name: "nginx",
            ...chance.some({ newName: "r.example/n", newTag: chance.pick(["1", "1.10", "latest"]) }, 70),
          },
          { name: "busybox", digest: `sha256:${"ab".repeat(32)}` },
        ],
        replicas: [{ name: "web", count: chance.below(20) }],
        configMapGenerator: [
          {
            name: "settings",
            behavior: chance.pick(["merge", "replace"]),
            literals: [`LEVEL=${text().replace(/\n/g, " ")}`],
          },
          {
            name: "more",
            literals: [`k=${chance.below(9)}`],
            options: chance.some({ disableNameSuffixHash: true, immutable: true }, 50),
          },
        ],
        generatorOptions: { labels: { g: "1" }, disableNameSuffixHash: chance.pick([true, false]) },
        buildMetadata: [chance.pick(["managedByLabel", "originAnnotations", "transformerAnnotations"])],
        sortOptions: { order: chance.pick(["fifo", "legacy"]) },
        patches: [
          {
            target: { kind: "Service" },
            patch: JSON.stringify([{ op: "add", path: "/metadata/annotations", value: { a: text() } }]),
          },
          {
            patch: JSON.stringify({
              apiVersion: "apps/v1",
              kind: "Deployment",
              metadata: { name: "web" },
              spec: { template: { spec: { containers: [{ name: "web", command: [text()] }] } } },
            }),
          },
          {
            patch: JSON.stringify({
              apiVersion: "example.com/v1",
              kind: "Widget",
              metadata: { name: "w" },
              spec: { text: text(), numbers: null },
            }),
          },
        ].slice(0, 1 + chance.below(3)),
        replacements: [
          {
            source: { kind: "Service", name: "web", fieldPath: "spec.ports.0.port" },
            targets: [
              {
                select: { kind: "Deployment" },
                fieldPaths: ["spec.template.spec.containers.[name=web].ports.0.containerPort"],
              },
            ],
          },
        ],
      },
      45,
    ),
  };
}
