import { statSync } from "node:fs";
import { CloudfrontFunction } from "@cdktf/provider-aws/lib/cloudfront-function";
import { AssetType, TerraformAsset, TerraformLocal } from "cdktf";
import { Construct } from "constructs";
import { MAX_FUNCTION_SOURCE } from "../cloudfront/limits";
import { ConfigError } from "../config/error";
import type { Config } from "../config/schema";
import { placesOf } from "../config/site-checks";
import { closedPolicySource, policySource } from "../policy/source";
import { filesIn } from "../sites/place";
import { siteSource } from "../sites/source";
import { gatePolicy } from "./gate-policy";
import { gateFunctionName } from "./names";
import type { SessionStore } from "./session-store";
import { gateSettings } from "./settings";
import { atMostBytes, jsonencodedBytes, literal, thousands } from "./terraform-text";

const SMALLER =
  'Merge rules of "policy": one "/a/**" for many paths below "/a", several roles in one rule, fewer rules for single hosts.';

/**
 * The function that decides every request. At plan time, Terraform joins its source from the static bundle, the
 * settings and the policy. So a change of the config is a readable diff and needs no build.
 */
export class Gate extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, props: { config: Config; source: string; store: SessionStore }) {
    super(scope, id);
    const { config, store } = props;
    const source = new TerraformAsset(this, "source", { path: props.source, type: AssetType.FILE });
    refuseLargeSource(config, props.source);
    const settings = new TerraformLocal(this, "settings", literal(gateSettings(config)));
    const policy = new TerraformLocal(this, "policy", templateFree(sourceOf(config)));
    const site = new TerraformLocal(this, "site", templateFree(siteSource(placesOf(config), filesIn(config.policy))));
    const code = new TerraformLocal(
      this,
      "code",
      `\${file("${source.path}")}\nvar S=\${jsonencode(local.${settings.friendlyUniqueId})};\n\${local.${policy.friendlyUniqueId}}\n\${local.${site.friendlyUniqueId}}\n`,
    );

    this.arn = new CloudfrontFunction(this, "Resource", {
      name: gateFunctionName(config),
      comment: "Decides whether a request may pass",
      runtime: "cloudfront-js-2.0",
      publish: true,
      code: code.asString,
      keyValueStoreAssociations: [store.arn],
      lifecycle: {
        createBeforeDestroy: true,
        precondition: [
          {
            condition: atMostBytes(`local.${code.friendlyUniqueId}`, MAX_FUNCTION_SOURCE),
            errorMessage: `The gate with its settings and policy is larger than the ${MAX_FUNCTION_SOURCE} bytes that CloudFront takes. ${SMALLER}`,
          },
        ],
      },
    }).arn;
  }
}

/**
 * Bytes of the source that Terraform joins.
 *
 * @param base path of the static bundle
 */
export function gateBytes(config: Config, base: string): { settings: number; policy: number; total: number } {
  const settings = jsonencodedBytes(gateSettings(config));
  const policy = Buffer.byteLength(sourceOf(config));
  const site = Buffer.byteLength(siteSource(placesOf(config), filesIn(config.policy)));
  return { settings, policy, total: statSync(base).size + settings + policy + site + "\nvar S=;\n\n\n".length };
}

function sourceOf(config: Config): string {
  const { rules, closedTo } = gatePolicy(config);
  return closedTo ? closedPolicySource(rules, closedTo) : policySource(rules);
}

/** Terraform checks the same at plan time, for those who have no Node.js. */
function refuseLargeSource(config: Config, base: string): void {
  const { settings, policy, total } = gateBytes(config, base);
  if (total <= MAX_FUNCTION_SOURCE) return;
  const [has, takes, ofPolicy, ofSettings] = [total, MAX_FUNCTION_SOURCE, policy, settings].map(thousands);
  const message = `the gate has ${has} bytes, ${ofPolicy} of them the policy and ${ofSettings} the settings; CloudFront takes ${takes}. ${SMALLER}`;
  throw new ConfigError("config", [{ path: "policy", message }]);
}

/** Rules and file names cannot contain a template's opening characters. If that ever changes, Terraform must not evaluate them. */
function templateFree(source: string): string {
  if (/[$%]\{/.test(source))
    throw new Error("the gate's source contains a Terraform template: a rule or file name has a forbidden character");
  return source;
}
