/**
 * Lets Node run the TypeScript of this checkout as CommonJS, as the package has it: `node --require ./build/typescript.js`.
 * esbuild compiles a file once for each of its contents (docs/decisions/0077-compile-once.md).
 */
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");

const CACHE = join(__dirname, "../node_modules/.cache/typescript");
// Also `import()`: what one file loads may be TypeScript again. ES modules can be required since Node 20.19.
const OPTIONS = { loader: "ts", format: "cjs", target: "node20.19", supported: { "dynamic-import": false } };
const MADE_BY = `${readFileSync(__filename, "utf8")} ${require("esbuild/package.json").version}`;

const digest = (...texts) => createHash("sha256").update(texts.join("\0")).digest("hex");

/** The content's digest in the first line tells whether the cache's file is of it. Processes may write it at once. */
function compiled(path) {
  const source = readFileSync(path, "utf8");
  const kept = join(CACHE, `${digest(path)}.js`);
  const head = `//${digest(MADE_BY, source)}\n`;
  try {
    const code = readFileSync(kept, "utf8");
    if (code.startsWith(head)) return code;
  } catch {
    // Not compiled before.
  }
  const { code } = require("esbuild").transformSync(source, { ...OPTIONS, sourcefile: path, sourcemap: "inline" });
  try {
    mkdirSync(CACHE, { recursive: true });
    writeFileSync(`${kept}.${process.pid}`, head + code);
    renameSync(`${kept}.${process.pid}`, kept);
  } catch {
    // The packages may be somebody else's to write.
  }
  return head + code;
}

// https://nodejs.org/api/modules.html#requireextensions: deprecated, but what the loaders of TypeScript build on.
require.extensions[".ts"] = (module, path) => module._compile(compiled(path), path);
