/** The code of a gate, as Terraform joins it. */
import { readFileSync } from "node:fs";
import { artifacts } from "../../build/artifacts";
import { parseConfig } from "../../config/load";
import { placesOf } from "../../config/site-checks";
import { policySource } from "../../policy/source";
import type { PolicyRule } from "../../policy/rule";
import { filesIn } from "../../sites/place";
import { siteSource } from "../../sites/source";
import { gateSettings } from "../../stacks/settings";
import { SMALL } from "../support/small-config";

/** @param policy of a gateway like {@link SMALL} */
export function gateCode(policy: readonly PolicyRule[]): string {
  const config = parseConfig({
    ...SMALL,
    origin: { type: "custom", domainName: "origin.example.com", open: true },
    policy,
  });
  return [
    readFileSync(artifacts().gate, "utf8"),
    `var S=${JSON.stringify(gateSettings(config))};`,
    policySource(policy),
    siteSource(placesOf(config), filesIn(config.policy)),
    "",
  ].join("\n");
}
