/** What takes long to load is loaded only for what needs it. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeArguments } from "../../local/typescript";

const ROOT = join(__dirname, "../..");
const AZUREAD = "@cdktf/provider-azuread";

/** @returns the files of a package that a script loads */
function loadedBy(script: string, name: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), "edgegate-loading-"));
  const report = `process.stdout.write("\\n" + JSON.stringify(Object.keys(require.cache)));`;
  try {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [...nodeArguments("script.ts"), "--input-type=commonjs", "--eval", script + report],
      { cwd: ROOT, encoding: "utf8", env: { ...process.env, OUTDIR: folder } },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const modules = JSON.parse(stdout.slice(stdout.lastIndexOf("\n"))) as string[];
    return modules.filter((path) => path.includes(`/node_modules/${name}/`));
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
  expect(loadedBy(script, AZUREAD)).toEqual([]);
});

test("reading a config, and what its gateway gets of it, loads nothing of CDKTF", () => {
  const script = `
    const config = require("./config/load").loadConfig("config/example.ts");
    require("./stacks/settings").authSettings(config);
  `;
  expect(loadedBy(script, "cdktf")).toEqual([]);
});

test("the stack of an app does, by resource and never by its index", () => {
  const loaded = loadedBy('require("./stacks/identity/entra/entra-stack");', AZUREAD);
  expect(loaded.length).toBeGreaterThan(10);
  expect(loaded.filter((path) => /provider-azuread\/lib\/(lazy-)?index\.js$/.test(path))).toEqual([]);
});
