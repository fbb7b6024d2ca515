/** `edgegate check`: whether the config is valid, and what it decides. */
import { relative } from "node:path";
import { loadConfig } from "../../config/load";
import type { PolicyRule } from "../../policy/rule";
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
    whoMayPass(rule),
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

function whoMayPass({ allow }: PolicyRule): string {
  if (typeof allow !== "string") return `who has the role ${allow.roles.join(" or ")}`;
  return { public: "everybody", "signed-in": "who is signed in" }[allow];
}
