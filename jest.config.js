const { availableParallelism } = require("node:os");

/** One project per tier. __tests__/support/tools.ts finds the tools that a tier needs besides Node. */
const common = {
  testEnvironment: "node",
  setupFiles: ["<rootDir>/__tests__/support/terraform-version.js"],
  transform: { "\\.[cm]?[jt]s$": ["@swc/jest", { jsc: { target: "es2022" }, module: { type: "commonjs" } }] },
  // These packages are ES modules only; swc turns them into CommonJS for jest.
  transformIgnorePatterns: ["/node_modules/(?!(jose|oauth4webapi|aws4fetch|p-limit|yocto-queue|marked)/)"],
  modulePathIgnorePatterns: ["<rootDir>/cdktf.out", "<rootDir>/dist"],
  // Imports the package as its users do.
  moduleNameMapper: { "^edgegate$": "<rootDir>/index.ts" },
};
const tier = (displayName, testMatch, more = {}) => ({ ...common, displayName, testMatch, ...more });

// Otherwise each test file that builds leaves a thread and a process until its worker ends.
// https://github.com/evanw/esbuild/blob/v0.28.2/lib/npm/node.ts
process.env.ESBUILD_WORKER_THREADS = "0";

module.exports = {
  reporters: ["default", "<rootDir>/__tests__/support/totals-reporter.js"],
  testSequencer: "<rootDir>/__tests__/support/longest-first.js",
  // More workers than processors: tests often wait for other processes and for clocks.
  maxWorkers: Math.max(4, availableParallelism()),
  // Only to end a test that hangs: on a busy machine, a test may take long.
  testTimeout: 300_000,
  projects: [
    tier("unit", ["<rootDir>/__tests__/**/*.unit.test.ts"]),
    tier("edge", ["<rootDir>/__tests__/**/*.edge.test.ts"]),
    tier("terraform", ["<rootDir>/__tests__/**/*.terraform.test.ts"]),
    tier("apply", ["<rootDir>/__tests__/**/*.apply.test.ts"]),
    tier("simulation", ["<rootDir>/__tests__/**/*.simulation.test.ts"]),
    tier("browser", ["<rootDir>/__tests__/**/*.browser.test.ts"]),
    tier("keycloak", ["<rootDir>/__tests__/**/*.keycloak.test.ts"]),
    tier("package", ["<rootDir>/__tests__/**/*.package.test.ts"]),
  ],
};
