/**
 * The CDKTF app: reads one config, checks all of it, then writes the Terraform configuration.
 *
 *     npm run synth [-- --config my-gateway.ts]
 */
import { relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { ConfigError, loadConfig } from "./config/load";
import { synthesize } from "./stacks/synthesize";
import { hostsOf } from "./stacks/settings";

const USAGE = "usage: npm run synth [-- --config <file>]   (or EDGEGATE_CONFIG=<file>)\n";

const EXAMPLE = resolve(__dirname, "config/example.ts");

function main(): number {
  let configPath: string;
  try {
    const { values } = parseArgs({ options: { config: { type: "string" } } });
    configPath = values.config ?? process.env["EDGEGATE_CONFIG"] ?? EXAMPLE;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${USAGE}`);
    return 2;
  }
  try {
    const config = loadConfig(configPath);
    // The CDKTF CLI says where it will look.
    const outdir = process.env["CDKTF_OUTDIR"] ?? "cdktf.out";
    const { stackDir, stackName } = synthesize(config, { outdir });
    const configFile = relative(process.cwd(), resolve(configPath));
    const summary = {
      config: configFile,
      hosts: hostsOf(config).join(", "),
      "sign-in": Object.entries(config.identityProviders)
        .map(([id, { issuer }]) => `${id} (${issuer})`)
        .join(", "),
      policy: `${config.policy.length === 1 ? "1 rule" : `${config.policy.length} rules`}, everything else is denied`,
      written: relative(process.cwd(), resolve(stackDir)),
      // The CDKTF CLI synthesizes anew; the environment is how it learns of the file.
      next: `${resolve(configPath) === EXAMPLE ? "" : `EDGEGATE_CONFIG=${configFile} `}npx cdktf-cli@0.21.0 deploy ${stackName}`,
    };
    process.stdout.write(`Synthesized the gateway "${stackName}"\n`);
    for (const [label, text] of Object.entries(summary)) process.stdout.write(`  ${label.padEnd(9)}${text}\n`);
    return 0;
  } catch (error) {
    // A mistake in the config is for its author; the stack of any other error is for us.
    process.stderr.write(
      `${error instanceof ConfigError ? error.message : ((error as Error).stack ?? String(error))}\n`,
    );
    return 1;
  }
}

process.exitCode = main();
