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
        { name: "@cdktf/provider-azuread", message: "Import @cdktf/provider-azuread/lib/<resource>." },
      ],
      patterns: [
        { regex: "^@cdktf/provider-aws/lib(/index)?$", message: "Import @cdktf/provider-aws/lib/<resource>." },
        { regex: "^@cdktf/provider-azuread/lib(/index)?$", message: "Import @cdktf/provider-azuread/lib/<resource>." },
      ],
    },
  ],
};

/**
 * Allowed imports of each folder from other folders; `bench/` and `__tests__/` may import anything. Subfolders with
 * different rules have a separate line.
 */
const IMPORTS = {
  cloudfront: [],
  policy: [],
  identity: [],
  pages: [],
  session: ["identity", "pages", "policy"],
  audit: [],
  ledger: ["session"],
  sites: ["policy"],
  config: ["cloudfront", "identity", "pages", "policy", "session", "sites"],
  functions: ["policy", "session"],
  "edge-handlers/shared": ["cloudfront", "identity", "ledger", "pages", "session"],
  "edge-handlers/auth": ["cloudfront", "identity", "pages", "policy", "session", "ledger", "edge-handlers/shared"],
  "edge-handlers/bearer": ["cloudfront", "identity", "ledger", "policy", "session", "edge-handlers/shared"],
  "edge-handlers/site": ["cloudfront", "pages", "session", "edge-handlers/shared"],
  "control-plane": ["audit", "cloudfront", "policy", "session", "ledger"],
  browser: [],
  build: [],
  costs: ["config"],
  stacks: ["audit", "build", "cloudfront", "config", "identity", "pages", "policy", "session", "ledger", "sites"],
  export: ["build", "cloudfront", "config", "policy", "session", "sites", "stacks"],
  local: [
    "audit",
    "cloudfront",
    "config",
    "control-plane",
    "export",
    "identity",
    "policy",
    "session",
    "ledger",
    "stacks",
  ],
  doctor: ["config", "identity", "policy", "session", "stacks"],
  review: ["cloudfront", "costs", "policy"],
  cli: [
    "audit",
    "bench",
    "build",
    "cloudfront",
    "config",
    "control-plane",
    "costs",
    "doctor",
    "export",
    "identity",
    "local",
    "policy",
    "review",
    "session",
    "ledger",
    "stacks",
  ],
};
const FOLDERS = [...Object.keys(IMPORTS), "bench", "__tests__"];

/** From a sibling folder, `edge-handlers/auth` is `../auth`. */
const pathOf = (folder) => folder.replace(/^.+\//, (parent) => `(${parent})?`);

function importsOf([folder, others]) {
  const foreign = FOLDERS.filter((other) => other !== folder && !others.includes(other));
  const message = `${folder}/ may import only ${others.map((other) => `${other}/`).join(", ") || "itself"} (eslint.config.mjs).`;
  return {
    files: [`${folder}/**/*.ts`],
    rules: {
      "@typescript-eslint/no-restricted-imports": [
        "error",
        { patterns: [{ regex: `^(\\.\\./)+(${foreign.map(pathOf).join("|")})/`, message }] },
      ],
    },
  };
}

export default tseslint.config(
  { ignores: ["node_modules", "dist", "cdktf.out", "coverage", ".cache"] },
  ...tseslint.configs.recommended,
  {
    files: ["**/*.ts"],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
      eqeqeq: "error",
      "no-console": "error",
      ...PROVIDER_INDEX,
    },
  },
  ...Object.entries(IMPORTS).map(importsOf),
  // The core of a handler works on any edge. AWS-specific code is in aws/, cloudfront/ and ledger/.
  {
    files: ["edge-handlers/**/*.ts"],
    ignores: ["edge-handlers/*/aws/**", "edge-handlers/*/cloudfront/**", "edge-handlers/*/cloudfront.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              regex: "/(aws|cloudfront)(/|$)|/ledger/(?!records$)",
              message: "The core of a handler must not depend on AWS; add a port.",
            },
          ],
        },
      ],
      "no-warning-comments": [
        "error",
        {
          terms: ["CloudFront", "DynamoDB", "EventBridge", "Lambda", "Secrets Manager", "SQS", "SSM"],
          location: "anywhere",
        },
      ],
    },
  },
  // These read or write the fields of a token, whose layout imports nothing.
  { files: ["policy/meets.ts", "policy/person.ts"], rules: { "@typescript-eslint/no-restricted-imports": "off" } },
  // These files of policy/ become part of the gate.
  {
    files: [
      "functions/**/*.ts",
      "session/**/*.ts",
      ...["during", "meets", "networks", "requirement-text", "stored/lookup"].map((name) => `policy/${name}.ts`),
    ],
    plugins: { "es-x": esx },
    rules: EDGE_ENGINE,
  },
  {
    files: ["*.js", "**/*.js"],
    languageOptions: { globals: { module: "writable", require: "readonly", process: "readonly" } },
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
);
