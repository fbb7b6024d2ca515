/** Finds the config. The only default is the file that `edgegate init` writes. */
import { existsSync } from "node:fs";
import { CommandFailure } from "./failures";
import type { GlobalOptions } from "./options";

/** In the working directory. */
export const CONFIG_FILE = "gateway.config.ts";

/** @throws CommandFailure if no file is named and the working directory has none */
export function configFile({ config }: GlobalOptions): string {
  // An empty variable counts as not set.
  const named = config ?? (process.env["EDGEGATE_CONFIG"] || undefined);
  if (named !== undefined) return named;
  if (existsSync(CONFIG_FILE)) return CONFIG_FILE;
  throw new CommandFailure(
    "usage",
    `no ${CONFIG_FILE} here`,
    'run "npx edgegate init", or name a file with --config or EDGEGATE_CONFIG',
  );
}
