/** Makes `dist/`, which the package contains besides its command (`files` in package.json). `npm pack` runs this. */
import { spawnSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { buildSync } from "esbuild";
import { buildBrowserModule } from "./browser-client";
import { buildArtifacts } from "./bundle";
import { GATE_VARIANTS, gateWith } from "./gate-features";

const ROOT = resolve(__dirname, "..");
const DIST = join(ROOT, "dist");
/** The modules that Node runs or loads directly; these import all others. */
const ENTRIES = [
  "index.ts",
  "cli/main.ts",
  "bench/load/edge-process.ts",
  "local/fresh-synthesis-process.ts",
  "local/identity-provider-process.ts",
];
/** The compiler's declaration file of the browser client. */
const BROWSER_TYPES = "browser/client.d.ts";
/** Folders with files that are not TypeScript; they are copied as they are. */
const WITH_PLAIN_FILES = ["local", "bench", "export/module"];

function compile(): void {
  const tsc = require.resolve("typescript/bin/tsc");
  const { status } = spawnSync(process.execPath, [tsc, "--project", "tsconfig.build.json"], {
    cwd: ROOT,
    stdio: "inherit",
  });
  if (status !== 0) throw new Error("the sources do not compile");
}

/** The compiler writes every file that it read, even if only its types are used. */
function removeUnused(): void {
  const used = new Set([
    ...modules().map((path) => path.replace(/\.ts$/, ".js")),
    ...declarations("index.d.ts"),
    BROWSER_TYPES,
  ]);
  for (const path of readdirSync(DIST, { recursive: true, encoding: "utf8" }))
    if (/\.[jt]s$/.test(path) && !used.has(path)) rmSync(join(DIST, path));
}

/** The modules that are loaded at run time, relative to the root. */
function modules(): string[] {
  const { metafile } = buildSync({
    absWorkingDir: ROOT,
    entryPoints: ENTRIES,
    outdir: DIST,
    bundle: true,
    packages: "external",
    platform: "node",
    write: false,
    metafile: true,
    logLevel: "silent",
  });
  return Object.keys(metafile.inputs);
}

/** A declaration file and those that it imports, relative to `dist/`. */
function declarations(path: string, found = new Set<string>()): Set<string> {
  if (found.has(path)) return found;
  found.add(path);
  for (const [, name] of readFileSync(join(DIST, path), "utf8").matchAll(/(?:from |import\()"(\.[^"]+)"/g))
    declarations(join(dirname(path), `${name}.d.ts`), found);
  return found;
}

/** The package is CommonJS, but browsers and their bundlers take ES modules. */
function addBrowserModule(): void {
  renameSync(join(DIST, BROWSER_TYPES), join(DIST, "browser/client.d.mts"));
  writeFileSync(join(DIST, "browser/client.mjs"), buildBrowserModule());
}

rmSync(DIST, { recursive: true, force: true });
compile();
removeUnused();
addBrowserModule();
for (const folder of WITH_PLAIN_FILES)
  cpSync(join(ROOT, folder), join(DIST, folder), { recursive: true, filter: (path) => !path.endsWith(".ts") });
// The files that "edgegate init --ci" writes.
cpSync(join(ROOT, "examples/ci"), join(DIST, "examples/ci"), { recursive: true });
const artifacts = buildArtifacts(join(DIST, "artifacts"));
for (const features of GATE_VARIANTS) gateWith(artifacts, features);
