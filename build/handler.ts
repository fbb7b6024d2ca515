/** Builds the zip of a Lambda function, at the edge or not. */
import { buildSync, formatMessagesSync } from "esbuild";
import { join, resolve } from "node:path";
import { deterministicZip } from "./zip";

const ROOT = resolve(__dirname, "..");

/**
 * The zip that Lambda runs: one `index.js`, CommonJS, for Node 22. The same bytes whatever folder the checkout is in:
 * esbuild orders and names modules by their paths, so it only ever sees paths relative to the checkout.
 *
 * @param entry path of the module that exports `handler`, relative to the root of the checkout
 * @throws Error with the place, when the code does not build, or builds into something that esbuild warns of: an import
 *   that is undefined fails only at the request that needs it
 */
export function buildHandlerZip(entry: string): Uint8Array {
  return buildHandlerZips({ handler: entry }).handler;
}

/** Several at once: what they share is read and parsed once. The bytes are those of each by itself. */
export function buildHandlerZips<Name extends string>(entries: Record<Name, string>): Record<Name, Uint8Array> {
  const names = Object.keys(entries) as Name[];
  const { outputFiles, warnings } = buildSync({
    absWorkingDir: ROOT,
    entryPoints: Object.fromEntries(names.map((name) => [name, `./${entries[name]}`])),
    outdir: ROOT,
    write: false,
    bundle: true,
    platform: "node",
    target: "node22",
    format: "cjs",
    minify: true,
    charset: "utf8",
    legalComments: "none",
    // The ES modules of a dependency can be shaken to what is used.
    mainFields: ["module", "main"],
    tsconfigRaw: {},
    logLevel: "silent",
  });
  if (warnings.length > 0)
    throw new Error(
      `${Object.values(entries).join(", ")} build with warnings:\n${formatMessagesSync(warnings, { kind: "warning" }).join("")}`,
    );
  const zipOf = (name: Name) =>
    deterministicZip({ "index.js": outputFiles.find(({ path }) => path === join(ROOT, `${name}.js`))!.contents });
  return Object.fromEntries(names.map((name) => [name, zipOf(name)])) as Record<Name, Uint8Array>;
}
