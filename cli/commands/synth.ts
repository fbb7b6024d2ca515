/** `edgegate synth`: checks the config, then writes the Terraform configuration. The CDKTF CLI runs it, too. */
import { relative, resolve } from "node:path";
import { loadConfig } from "../../config/load";
import { CONFIG_FILE, configFile } from "../config-file";
import { configFacts } from "../config-text";
import type { GlobalOptions } from "../options";
import { facts, type Outcome } from "../output";

const CDKTF = "npx cdktf-cli@0.21.0";

export async function synth(options: GlobalOptions): Promise<Outcome> {
  const file = configFile(options);
  const config = loadConfig(file);
  // Loading takes a second. Mistakes in the config are reported before that.
  const { synthesize } = await import("../../stacks/synthesize");
  // The CDKTF CLI sets this to the folder that it reads.
  const outdir = process.env["CDKTF_OUTDIR"] ?? "cdktf.out";
  const { stackDir, stackName, identityStacks } = synthesize(config, { outdir });
  // The CDKTF CLI runs this command again, and can pass another config only through the environment.
  const environment = resolve(file) === resolve(CONFIG_FILE) ? "" : `EDGEGATE_CONFIG=${relative("", file)} `;
  return {
    json: { stackName, stackDir: resolve(stackDir), identityStacks },
    text:
      `Synthesized the gateway "${stackName}"\n` +
      facts([
        ["config", relative("", file)],
        ...configFacts(config),
        ["written", relative("", stackDir)],
        ...identityStacks.map((name): [string, string] => ["with", `the stack ${name}`]),
        ["next", `${environment}${CDKTF} deploy ${[...identityStacks, stackName].join(" ")}`],
      ]),
  };
}
