/** Builds the browser client: an ES module for browsers. */
import { buildSync, type BuildOptions } from "esbuild";
import { resolve } from "node:path";

const OPTIONS: BuildOptions = {
  absWorkingDir: resolve(__dirname, ".."),
  entryPoints: ["./browser/client.ts"],
  write: false,
  bundle: true,
  format: "esm",
  // Syntax that all current browsers and the engines of the last three years support.
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  tsconfigRaw: {},
  logLevel: "silent",
};

/** The version that the gateway serves at `client.js`. @throws Error if it does not build */
export function buildBrowserClient(): string {
  return textOf({ ...OPTIONS, minify: true }).trim();
}

/** The version in the package, for bundlers, which minify it themselves. @throws Error if it does not build */
export function buildBrowserModule(): string {
  return textOf(OPTIONS);
}

function textOf(options: BuildOptions): string {
  return buildSync(options).outputFiles![0]!.text;
}
