import tseslint from "typescript-eslint";
import esx from "eslint-plugin-es-x";

/** Syntax and library calls that cloudfront-js-2.0 lacks and that esbuild does not (or should not have to) rewrite. */
const EDGE_ENGINE = {
  // The engine has no optional catch binding.
  "@typescript-eslint/no-unused-vars": ["error", { caughtErrors: "none" }],
  "es-x/no-array-from": "error",
  "es-x/no-array-prototype-at": "error",
  "es-x/no-array-prototype-flat": "error",
  "es-x/no-bigint": "error",
  "es-x/no-classes": "error",
  "es-x/no-default-parameters": "error",
  "es-x/no-destructuring": "error",
  "es-x/no-for-of-loops": "error",
  "es-x/no-generators": "error",
  "es-x/no-logical-assignment-operators": "error",
  "es-x/no-map": "error",
  "es-x/no-nullish-coalescing-operators": "error",
  "es-x/no-object-fromentries": "error",
  "es-x/no-optional-catch-binding": "error",
  "es-x/no-optional-chaining": "error",
  "es-x/no-regexp-s-flag": "error",
  "es-x/no-regexp-u-flag": "error",
  "es-x/no-rest-spread-properties": "error",
  "es-x/no-set": "error",
  "es-x/no-spread-elements": "error",
  "es-x/no-string-prototype-replaceall": "error",
  "no-restricted-globals": [
    "error",
    "URL",
    "URLSearchParams",
    "Buffer",
    "fetch",
    "btoa",
    "atob",
    "setTimeout",
    "TextEncoder",
  ],
  "no-restricted-syntax": [
    "error",
    {
      selector: "CallExpression > AwaitExpression.arguments",
      message: "The edge engine has no await inside call arguments; assign first.",
    },
  ],
};

const PROVIDER_INDEX = {
  "no-restricted-imports": [
    "error",
    {
      paths: [
        {
          name: "@cdktf/provider-aws",
          message: "Import @cdktf/provider-aws/lib/<resource>: the index costs seconds and a gigabyte.",
        },
      ],
      patterns: [
        { regex: "^@cdktf/provider-aws/lib(/index)?$", message: "Import @cdktf/provider-aws/lib/<resource>." },
      ],
    },
  ],
};

export default tseslint.config(
  { ignores: ["node_modules", "dist", "cdktf.out", "coverage"] },
  ...tseslint.configs.recommended,
  {
    files: ["**/*.ts"],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      eqeqeq: "error",
      "no-console": "error",
      ...PROVIDER_INDEX,
    },
  },
  // session/policy-source.ts runs at synth only: it writes source for the engine and is not in it.
  {
    files: ["functions/**/*.ts", "session/**/*.ts"],
    ignores: ["session/policy-source.ts"],
    plugins: { "es-x": esx },
    rules: EDGE_ENGINE,
  },
  {
    files: ["*.js", "**/*.js"],
    languageOptions: { globals: { module: "writable", require: "readonly", process: "readonly" } },
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
);
