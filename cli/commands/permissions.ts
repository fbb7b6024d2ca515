/** `edgegate permissions`: writes the IAM policies of whoever deploys the gateway. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { loadConfig } from "../../config/load";
import { configFile } from "../config-file";
import type { GlobalOptions } from "../options";
import { facts, type Outcome } from "../output";

export async function permissions({ out, ...options }: GlobalOptions & { out: string }): Promise<Outcome> {
  const file = configFile(options);
  const config = loadConfig(file);
  const [{ synthesize }, { deployPolicies }] = await Promise.all([
    import("../../stacks/synthesize"),
    import("../../stacks/deploy-permissions"),
  ]);
  const outdir = mkdtempSync(join(tmpdir(), "edgegate-permissions-"));
  try {
    const { stackDir } = synthesize(config, { outdir });
    const { resource } = JSON.parse(readFileSync(join(stackDir, "cdk.tf.json"), "utf8")) as { resource: object };
    mkdirSync(out, { recursive: true });
    const written = deployPolicies(config, Object.keys(resource)).map((policy, place) => {
      const path = join(out, `${config.name}-deploy-${place + 1}.json`);
      writeFileSync(path, `${JSON.stringify(JSON.parse(policy), null, 2)}\n`);
      return path;
    });
    return {
      json: { written },
      text:
        `Whoever deploys "${config.name}" needs all of these managed policies\n` +
        facts([
          ["config", relative("", file)],
          ...written.map((path): [string, string] => ["written", relative("", path)]),
        ]),
    };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
