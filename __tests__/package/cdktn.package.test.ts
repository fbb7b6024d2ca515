/**
 * CDKTF's repository is archived, and cdktn continues it: https://github.com/open-constructs/cdk-terrain. With the
 * overrides of UPGRADING.md, the package runs on it, and synthesizes the same Terraform.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { loadConfig } from "../../config/load";
import { synthesize } from "../../stacks/synthesize";
import { describeWithRegistry } from "../support/tools";
import { installPackage, type Installed } from "./installed";

const ROOT = resolve(__dirname, "../..");
/** As the page says it. */
const [, OVERRIDES] = /^"overrides": (\{.*\})$/m.exec(readFileSync(join(ROOT, "UPGRADING.md"), "utf8"))!;
/** Between them: every identity stack, several hosts, servers and buckets. */
const EXAMPLES = ["identity-providers.ts", "several-hosts.ts", "custom-origin.ts"];

describeWithRegistry("under cdktn", () => {
  let installed: Installed;
  let outdir: string;
  beforeAll(() => {
    installed = installPackage({ overrides: JSON.parse(OVERRIDES!) as object });
    outdir = mkdtempSync(join(tmpdir(), "edgegate-cdktn-"));
  });
  afterAll(() => {
    installed?.close();
    rmSync(outdir, { recursive: true });
  });

  test("the package finds nothing else in the place of cdktf", () => {
    const { name } = JSON.parse(readFileSync(join(installed.project, "node_modules/cdktf/package.json"), "utf8")) as {
      name: string;
    };
    expect(name).toBe("cdktn");
    const installedTwice = readdirSync(join(installed.project, "node_modules"), { recursive: true, encoding: "utf8" });
    expect(installedTwice.filter((path) => /(^|\/)node_modules\/cdktf$/.test(path))).toEqual([]);
  });

  test.each(EXAMPLES)("examples/%s becomes the same Terraform, but for the library's version", (name) => {
    cpSync(join(ROOT, "examples", name), join(installed.project, name));
    installed.run(`npx edgegate synth --config ${name}`);
    synthesize(loadConfig(join(ROOT, "examples", name)), { outdir: join(outdir, name) });
    const stacks = readdirSync(join(outdir, name, "stacks"));
    expect(stacks.length).toBeGreaterThan(0);
    for (const stack of stacks) {
      const versions = new Set<string>();
      const read = (folder: string) =>
        JSON.parse(readFileSync(join(folder, "stacks", stack, "cdk.tf.json"), "utf8"), (key, value: unknown) => {
          if (key === "version" && /^0\.2\d\.\d+$/.test(String(value))) versions.add(String(value));
          return key === "metadata" ? { ...(value as object), version: "any" } : value;
        }) as unknown;
      expect(read(join(installed.project, "cdktf.out"))).toEqual(read(join(outdir, name)));
      expect(versions).toEqual(new Set(["0.21.0", "0.24.0"]));
    }
  });
});
