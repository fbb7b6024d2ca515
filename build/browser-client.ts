/** Builds the browser client: an ES module for browsers. */
import { buildSync, type BuildOptions } from "esbuild";
import { resolve } from "node:path";

const OPTIONS: BuildOptions = {
  absWorkingDir: resolve(__dirname, ".."),
  entryPoints: ["./browser/client.ts"],
  write: false,
  bundle: true,
  format: "esm",
  // What all current browsers know, and the engines of the last three years.
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  tsconfigRaw: {},
  logLevel: "silent",
};

/** As the gateway serves it at `client.js`. @throws Error if it does not build */
export function buildBrowserClient(): string {
  return textOf({ ...OPTIONS, minify: true }).trim();
}

/** As the package has it, for bundlers, which minify it themselves. @throws Error if it does not build */
export function buildBrowserModule(): string {
  return textOf(OPTIONS);
}

function textOf(options: BuildOptions): string {
  return buildSync(options).outputFiles![0]!.text;
}
