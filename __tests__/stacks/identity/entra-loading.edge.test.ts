/** Gateways without an app in Microsoft Entra do not load what only such an app needs. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(__dirname, "../../..");

/** @returns the modules of the azuread provider that a script loads */
function loadedBy(script: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), "edgegate-loading-"));
  const report = `process.stdout.write("\\n" + JSON.stringify(Object.keys(require.cache)));`;
  try {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ["--import", "tsx", "--input-type=commonjs", "--eval", script + report],
      { cwd: ROOT, encoding: "utf8", env: { ...process.env, OUTDIR: folder } },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const modules = JSON.parse(stdout.slice(stdout.lastIndexOf("\n"))) as string[];
    return modules.filter((path) => path.includes("provider-azuread"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("a synth of the example loads nothing of the azuread provider", () => {
  const script = `
    const { parseConfig } = require("./config/load");
    const { synthesize } = require("./stacks/synthesize");
    synthesize(parseConfig(require("./config/example").default), { outdir: process.env.OUTDIR });
  `;
  expect(loadedBy(script)).toEqual([]);
});

test("the stack of an app does, by resource and never by its index", () => {
  const loaded = loadedBy('require("./stacks/identity/entra/entra-stack");');
  expect(loaded.length).toBeGreaterThan(10);
  expect(loaded.filter((path) => /provider-azuread\/lib\/(lazy-)?index\.js$/.test(path))).toEqual([]);
});
