/** `edgegate check`: validates the config and shows what its policy decides. */
import { relative } from "node:path";
import { loadConfig } from "../../config/load";
import { describeAllow } from "../../policy/decision-table";
import { hostsOf } from "../../stacks/settings";
import { configFile } from "../config-file";
import { configFacts } from "../config-text";
import type { GlobalOptions } from "../options";
import { columns, facts, type Outcome } from "../output";

const COLUMNS = ["host", "methods", "path", "may pass"];

export function check(options: GlobalOptions): Promise<Outcome> {
  const file = configFile(options);
  const config = loadConfig(file);
  const rows = config.policy.map((rule) => [
    rule.host ?? "any",
    rule.methods?.join(", ") ?? "any",
    rule.path,
    describeAllow(rule.allow),
  ]);
  return Promise.resolve({
    json: { config: file, hosts: hostsOf(config), policy: config.policy },
    text:
      `${relative("", file)} is valid\n` +
      facts(configFacts(config)) +
      "The first rule that matches decides\n" +
      columns(COLUMNS, [...rows, ["any", "any", "everything else", "nobody"]]),
  });
}
