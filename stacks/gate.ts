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
 * The function that decides every request. At plan time, Terraform joins its source from the static bundle, the
 * settings and the policy. So a change of the config is a readable diff and needs no build.
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
              'Merge rules of "policy": one "/a/**" for many paths below "/a", several roles in one rule, fewer rules for single hosts.',
          },
        ],
      },
    }).arn;
  }
}

/** Rules cannot contain a template's opening characters. If that ever changes, Terraform must not evaluate them. */
function templateFree(policy: string): string {
  if (/[$%]\{/.test(policy))
    throw new Error("the policy's source contains a Terraform template: a rule has a forbidden character");
  return policy;
}
