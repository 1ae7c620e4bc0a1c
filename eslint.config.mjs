import tseslint from "typescript-eslint";

/**
 * Only what needs types: promises left alone, values whose type nobody knows, forgotten cases, and the size caps of
 * CONTRIBUTING.md. Everything else is Biome's.
 */
const typed = {
  "@typescript-eslint/no-floating-promises": "error",
  "@typescript-eslint/no-misused-promises": "error",
  "@typescript-eslint/await-thenable": "error",
  "@typescript-eslint/require-await": "off",
  "@typescript-eslint/only-throw-error": "error",
  "@typescript-eslint/prefer-promise-reject-errors": "error",
  "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
  "@typescript-eslint/no-unsafe-argument": "error",
  "@typescript-eslint/no-unsafe-assignment": "error",
  "@typescript-eslint/no-unsafe-call": "error",
  "@typescript-eslint/no-unsafe-member-access": "error",
  "@typescript-eslint/no-unsafe-return": "error",
  "@typescript-eslint/no-explicit-any": "error",
};

const sizes = {
  "max-lines": ["error", { max: 250, skipBlankLines: false, skipComments: false }],
  "max-lines-per-function": ["error", { max: 50, skipBlankLines: true, skipComments: true, IIFEs: true }],
  "max-params": ["error", 3],
  "max-depth": ["error", 3],
  complexity: ["error", 14],
};

/** Where a child process may be started; anywhere else is a place for an injection to hide (T084). */
const SPAWNERS = [
  "src/adapters/git/git-process.ts",
  "src/adapters/renderer/renderer-process.ts",
  "src/sandbox/**",
];

export default tseslint.config(
  { ignores: ["node_modules", "dist", "test/fixtures"] },
  {
    files: ["src/**/*.ts", "test/**/*.ts", "bench/**/*.ts"],
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { "@typescript-eslint": tseslint.plugin },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: typed,
  },
  { files: ["src/**/*.ts"], rules: sizes },
  { files: ["test/**/*.ts", "bench/**/*.ts"], rules: { "max-lines": ["error", 400] } },
  {
    files: ["src/**/*.ts"],
    ignores: SPAWNERS,
    rules: {
      "no-restricted-imports": [
        "error",
        {
          paths: ["child_process", "node:child_process"].map((name) => ({
            name,
            message: "Processes are started by the git and renderer adapters only (T084).",
          })),
        },
      ],
    },
  },
  {
    files: ["src/**/*.ts"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector: "Property[key.name='shell'][value.value=true]",
          message: "No shell: pass an argument array (T084).",
        },
        {
          selector: "CallExpression[callee.name='exec']",
          message: "No shell: pass an argument array (T084).",
        },
      ],
    },
  },
);
