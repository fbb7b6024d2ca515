/** `edgegate check`: validates the config and shows its policy's decisions. */
import { relative } from "node:path";
import { loadConfig } from "../../config/load";
import { hostsOf } from "../../stacks/settings";
import { configFile } from "../config-file";
import { configFacts } from "../config-text";
import type { GlobalOptions } from "../options";
import { columns, facts, type Outcome } from "../output";
import { POLICY_COLUMNS, policyRows } from "../policy-rows";

export function check(options: GlobalOptions): Promise<Outcome> {
  const file = configFile(options);
  const config = loadConfig(file);
  return Promise.resolve({
    json: { config: file, hosts: hostsOf(config), policy: config.policy },
    text:
      `${relative("", file)} is valid\n` +
      facts(configFacts(config)) +
      "The first rule that matches decides\n" +
      columns(POLICY_COLUMNS, policyRows(config.policy)),
  });
}
