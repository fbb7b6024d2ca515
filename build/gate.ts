/**
 * Builds the gate's base source: everything except the settings and the policy, which Terraform appends at plan time.
 *
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
 */
import { join } from "node:path";
import { buildSync, formatMessagesSync, transformSync } from "esbuild";
import { GATE_FEATURES, type GateFeature } from "./gate-features";
import { write } from "./write";

const ROOT = join(__dirname, "..");

/** Syntax beyond ES5.1 that the engine supports, and syntax that it does not, which esbuild rewrites or refuses. */
const SUPPORTED = {
  arrow: true,
  "async-await": true,
  "const-and-let": true,
  "exponent-operator": true,
  "object-extensions": true,
  "regexp-named-capture-groups": true,
  "rest-argument": true,
  "template-literal": true,
  "array-spread": false,
  "async-generator": false,
  bigint: false,
  class: false,
  "default-argument": false,
  destructuring: false,
  "for-await": false,
  "for-of": false,
  generator: false,
  "logical-assignment": false,
  "nullish-coalescing": false,
  "object-rest-spread": false,
  "optional-catch-binding": false,
  "optional-chain": false,
  "regexp-dot-all-flag": false,
  "regexp-unicode-property-escapes": false,
};

/** Members of the gate's own objects, which nothing outside of it reads. They get short names. */
const INTERNAL = /^(?:allow|ask|deny|depth|goOn|hasFailed|need|read|segments|signer|uid|verify)$/;

/**
 * @param features the parts that the site needs (gate-features.ts)
 * @returns source text that ends without a line break and defines `async function handler(event)`
 * @throws Error if esbuild warns, or if the bundle does not end in exactly the export that becomes `handler`
 */
export function buildGate(features: readonly GateFeature[] = []): string {
  const result = buildSync({
    absWorkingDir: ROOT,
    entryPoints: ["functions/gate/gate.ts"],
    bundle: true,
    write: false,
    format: "esm",
    platform: "neutral",
    target: "es2020",
    external: ["cloudfront", "crypto"],
    charset: "ascii",
    minifySyntax: true,
    legalComments: "none",
    supported: SUPPORTED,
    // The names that Terraform declares; short, because every byte counts against the 10 KB of a function.
    define: { SETTINGS: "S", servedPath: "F", before: "B", after: "A", ...constants(features) },
    logLevel: "silent",
  });
  if (result.warnings.length > 0)
    throw new Error(
      `the gate builds with warnings:\n${formatMessagesSync(result.warnings, { kind: "warning" }).join("")}`,
    );
  // Names in a second step: esbuild chooses them by all code that it read, also that which it left out.
  const source = transformSync(result.outputFiles[0]!.text, {
    format: "esm",
    platform: "neutral",
    target: "es2020",
    charset: "ascii",
    minify: true,
    legalComments: "none",
    supported: SUPPORTED,
    mangleProps: INTERNAL,
  }).code;
  const exported = /export\{([\w$]+) as handler\};\s*$/.exec(source);
  if (!exported) throw new Error("the gate's bundle must end in its one export, handler");
  const name = exported[1]!;
  const imports = source.match(/import [\w$]+ from"\w+";/g) ?? [];
  const body = imports.reduce((text, statement) => text.replace(statement, ""), source.slice(0, exported.index));
  if (body.split(`async function ${name}(`).length !== 2)
    throw new Error("the gate's handler must be an async function declaration");
  return imports.join("") + body.replace(`async function ${name}(`, "async function handler(").trimEnd();
}

/** `WITH_FUNCTIONS` and so on, which esbuild folds. */
function constants(features: readonly GateFeature[]): Record<string, string> {
  return Object.fromEntries(
    GATE_FEATURES.map((name) => [`WITH_${name.toUpperCase()}`, String(features.includes(name))]),
  );
}

/** @param file where the source goes */
export function writeGate(file: string, features: readonly GateFeature[]): void {
  write(file, buildGate(features));
}
