/** Finds the config. The only default is the file that `edgegate init` writes. */
import { existsSync } from "node:fs";
import { relative, resolve } from "node:path";
import { usageFailure } from "./failures";
import type { GlobalOptions } from "./options";

/** In the working directory. */
export const CONFIG_FILE = "gateway.config.ts";

/** @throws CommandFailure if no file is named and the working directory has none */
export function configFile({ config }: GlobalOptions): string {
  // An empty variable counts as not set.
  const named = config ?? (process.env["EDGEGATE_CONFIG"] || undefined);
  if (named !== undefined) return named;
  if (existsSync(CONFIG_FILE)) return CONFIG_FILE;
  throw usageFailure(
    `no ${CONFIG_FILE} here`,
    'run "npx edgegate init", or name a file with --config or EDGEGATE_CONFIG',
  );
}

/** How to call the CDKTF CLI: it runs `edgegate synth`, and can pass another config only through the environment. */
export function cdktfCommand(file: string): string {
  const environment = resolve(file) === resolve(CONFIG_FILE) ? "" : `EDGEGATE_CONFIG=${relative("", file)} `;
  return `${environment}npx cdktf-cli@0.21.0`;
}
