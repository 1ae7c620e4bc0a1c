/**
 * The import rule of ARCHITECTURE.md as one table. `imports` are our own folders, `packages` what may be imported at
 * run time from npm or Node (type-only imports of packages are free, of our own folders are not).
 */
const PURE = [];
const LAYERS = {
  domain: { imports: [], packages: PURE },
  errors: { imports: ["domain"], packages: PURE },
  ports: { imports: ["domain"], packages: PURE },
  commands: { imports: ["domain", "errors"], packages: PURE },
  report: { imports: ["domain", "errors"], packages: ["eta"] },
  config: { imports: ["domain", "errors"], packages: ["zod", "js-yaml"] },
  webhooks: { imports: ["domain", "commands"], packages: ["zod"] },
  reconciler: {
    imports: ["domain", "errors", "ports", "commands", "report", "config"],
    packages: ["node:util"],
  },
  server: {
    imports: ["domain", "errors", "ports", "report", "config"],
    packages: ["node:http", "node:stream", "node:crypto"],
  },
  cli: { imports: ["domain", "errors", "ports", "report", "config"], packages: ["node:util"] },
  renderer: { imports: ["domain", "errors"], packages: undefined },
  sandbox: {
    imports: [
      "domain",
      "errors",
      "ports",
      "commands",
      "report",
      "config",
      "webhooks",
      "reconciler",
      "adapters",
      "wiring",
    ],
    packages: undefined,
  },
};

const anyOf = (names) => `^src/(${names.join("|")})/`;

const ourFolders = Object.entries(LAYERS).map(([layer, { imports }]) => ({
  name: `${layer}-imports`,
  severity: "error",
  comment: `src/${layer} may import only ${["itself", ...imports].join(", ")}. If it needs more, it is doing another layer's work.`,
  from: { path: `^src/${layer}/` },
  to: { path: "^src/", pathNot: anyOf([layer, ...imports]) },
}));

const packages = Object.entries(LAYERS)
  .filter(([, { packages }]) => packages !== undefined)
  .map(([layer, { packages }]) => ({
    name: `${layer}-packages`,
    severity: "error",
    comment: `src/${layer} may use only ${packages.join(", ") || "the language itself"} at run time: everything else reaches it through a port.`,
    from: { path: `^src/${layer}/` },
    to: {
      dependencyTypes: [
        "npm",
        "npm-dev",
        "npm-optional",
        "npm-peer",
        "core",
        "npm-no-pkg",
        "npm-unknown",
        "unknown",
        "undetermined",
      ],
      dependencyTypesNot: ["type-only"],
      pathNot: packages.flatMap((name) => [
        `^${name}$`,
        `^${name.replace(/^node:/, "")}$`,
        `node_modules/${name}/`,
      ]),
    },
  }));

export default {
  forbidden: [
    ...ourFolders,
    ...packages,
    {
      name: "adapters-are-strangers",
      severity: "error",
      comment:
        "An adapter knows domain, errors and ports, never another adapter: what two need is a port or belongs in the domain.",
      from: { path: "^src/adapters/([^/]+)/" },
      to: { path: "^src/", pathNot: "^src/(domain|errors|ports|adapters/$1)/" },
    },
    {
      name: "one-door-for-cluster-writes",
      severity: "error",
      comment:
        "Only reconciler/write-door.ts may reach the port that writes to clusters (invariant 6). Ask it instead.",
      from: { path: "^src/", pathNot: "^src/(reconciler/write-door\\.ts|adapters/|sandbox/|wiring/)" },
      to: { path: "^src/ports/cluster-writes\\.ts" },
    },
    {
      name: "no-cycles",
      severity: "error",
      comment: "A cycle means two files are one idea, or a third idea is missing.",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-test-code",
      severity: "error",
      comment: "src never imports test or bench.",
      from: { path: "^src/" },
      to: { path: "^(test|bench)/" },
    },
    {
      name: "no-development-packages",
      severity: "error",
      comment: "What runs in production is a dependency, not a development dependency.",
      from: { path: "^src/" },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    detectProcessBuiltinModuleCalls: true,
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"] },
  },
};
