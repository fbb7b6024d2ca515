/** Builds the zips of Lambda functions, at the edge and in a region. */
import { buildSync, formatMessagesSync } from "esbuild";
import { join, resolve } from "node:path";
import { buildBrowserClient } from "./browser-client";
import { componentsOf, type Component } from "./components";
import { deterministicZip } from "./zip";

const ROOT = resolve(__dirname, "..");

/** Only a module can wait while it is loaded. */
const INDEX = `import main from "./main.js";
await main.initialize?.();
export const { handler } = main;
`;

/**
 * The zip that Lambda runs, for Node 22: `main.js` has the code, CommonJS, and `index.mjs` waits for its `initialize`, if
 * there is one. Lambda loads `index.mjs` because there is no `index.js`
 * (https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/blob/main/src/UserFunction.js). The bytes do not
 * depend on the folder of the checkout, because esbuild gets only relative paths, by which it orders and names modules.
 *
 * @param entry path of the module that exports `handler`, relative to the root of the checkout
 * @throws Error with the location, if the code does not build or esbuild warns: an undefined import, for example, would
 *   only fail in the request that needs it
 */
export function buildHandlerZip(entry: string): Uint8Array {
  return buildHandlerZips({ handler: entry }).handler;
}

/**
 * Builds several zips in one step, so that shared modules are parsed once. The bytes are the same as if built
 * separately.
 */
export function buildHandlerZips<Name extends string>(entries: Record<Name, string>): Record<Name, Uint8Array> {
  return buildHandlers(entries).zips;
}

/** The same, and which packages are in them. */
export function buildHandlers<Name extends string>(
  entries: Record<Name, string>,
): { zips: Record<Name, Uint8Array>; components: Component[] } {
  const names = Object.keys(entries) as Name[];
  const { outputFiles, warnings, metafile } = buildSync({
    absWorkingDir: ROOT,
    entryPoints: Object.fromEntries(names.map((name) => [name, `./${entries[name]}`])),
    outdir: ROOT,
    write: false,
    metafile: true,
    bundle: true,
    platform: "node",
    target: "node22",
    format: "cjs",
    minify: true,
    charset: "utf8",
    legalComments: "none",
    // ES modules of dependencies can be tree-shaken.
    mainFields: ["module", "main"],
    tsconfigRaw: {},
    define: { BROWSER_CLIENT: JSON.stringify(buildBrowserClient()) },
    logLevel: "silent",
  });
  if (warnings.length > 0)
    throw new Error(
      `${Object.values(entries).join(", ")} build with warnings:\n${formatMessagesSync(warnings, { kind: "warning" }).join("")}`,
    );
  const zipOf = (name: Name) =>
    deterministicZip({
      "index.mjs": new TextEncoder().encode(INDEX),
      "main.js": outputFiles.find(({ path }) => path === join(ROOT, `${name}.js`))!.contents,
    });
  return {
    zips: Object.fromEntries(names.map((name) => [name, zipOf(name)])) as Record<Name, Uint8Array>,
    components: componentsOf(Object.keys(metafile.inputs)),
  };
}
