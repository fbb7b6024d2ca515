import { CloudfrontFunction } from "@cdktf/provider-aws/lib/cloudfront-function";
import { AssetType, TerraformAsset, TerraformLocal } from "cdktf";
import { Construct } from "constructs";
import { MAX_FUNCTION_SOURCE } from "../cloudfront/limits";
import type { Config } from "../config/schema";
import { policySource } from "../policy/source";
import { gateFunctionName } from "./names";
import type { SessionStore } from "./session-store";
import { gateSettings } from "./settings";
import { atMostBytes, literal } from "./terraform-text";

/**
 * The function that decides every request. Terraform joins its source when it plans, from the static bundle, the
 * settings and the policy, so that a change of the config is a readable difference and needs no build.
 */
export class Gate extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, props: { config: Config; source: string; store: SessionStore }) {
    super(scope, id);
    const { config, store } = props;
    const source = new TerraformAsset(this, "source", { path: props.source, type: AssetType.FILE });
    const settings = new TerraformLocal(this, "settings", literal(gateSettings(config)));
    const policy = new TerraformLocal(this, "policy", templateFree(policySource(config.policy)));
    const code = new TerraformLocal(
      this,
      "code",
      `\${file("${source.path}")}\nvar S=\${jsonencode(local.${settings.friendlyUniqueId})};\n\${local.${policy.friendlyUniqueId}}\n`,
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
            errorMessage:
              `The gate with its settings and policy is larger than the ${MAX_FUNCTION_SOURCE} bytes that CloudFront takes. ` +
              'Merge rules of "policy": one "/a/**" for many paths below "/a", several roles in one rule, fewer hosts of their own.',
          },
        ],
      },
    }).arn;
  }
}

/**
 * Rules are made of characters that no template starts with; should that ever change, Terraform must not evaluate them.
 */
function templateFree(policy: string): string {
  if (/[$%]\{/.test(policy))
    throw new Error("the policy's source holds a Terraform template: a rule has a character that it must not have");
  return policy;
}
