import { CloudfrontFunction } from "@cdktf/provider-aws/lib/cloudfront-function";
import { AssetType, TerraformAsset, TerraformLocal } from "cdktf";
import { Construct } from "constructs";
import type { Artifacts } from "../build/artifacts";
import { MAX_FUNCTION_SOURCE } from "../cloudfront/limits";
import type { Config } from "../config/schema";
import type { StoredPolicy } from "../policy/stored/compile";
import { gateCode, SMALLER } from "./gate-code";
import type { ApiGateSettings } from "../session/access-tokens";
import { apiGateFunctionName, gateFunctionName } from "./names";
import type { SessionStore } from "./session-store";
import { atMostBytes, literal } from "./terraform-text";

export interface GateProps {
  config: Config;
  artifacts: Artifacts;
  store: SessionStore;
  /**
   * Present for the gate of API behaviors, which passes on tokens that only the handler on origin requests can verify.
   */
  api?: ApiGateSettings | undefined;
}

/**
 * The function that decides every request. At plan time, Terraform joins its source from the static bundle, the
 * settings and the policy. So a change of the config is a readable diff and needs no build.
 */
export class Gate extends Construct {
  readonly arn: string;
  readonly resource: CloudfrontFunction;
  /** The gate's policy, if it is in the store. */
  readonly stored: StoredPolicy | undefined;

  constructor(scope: Construct, id: string, props: GateProps) {
    super(scope, id);
    const { config, artifacts, store, api } = props;
    const parts = gateCode(config, artifacts, api);
    const source = new TerraformAsset(this, "source", { path: parts.base, type: AssetType.FILE });
    const settings = new TerraformLocal(this, "settings", literal(parts.settings));
    const policy = new TerraformLocal(this, "policy", templateFree(parts.policy));
    const site = new TerraformLocal(this, "site", templateFree(parts.site));
    const own = parts.functions === undefined ? [] : [new TerraformLocal(this, "functions", literal(parts.functions))];
    const code = new TerraformLocal(
      this,
      "code",
      `\${file("${source.path}")}\nvar S=\${jsonencode(local.${settings.friendlyUniqueId})};\n` +
        [policy, site, ...own].map((part) => `\${local.${part.friendlyUniqueId}}\n`).join(""),
    );

    this.stored = parts.stored;
    this.resource = new CloudfrontFunction(this, "Resource", {
      name: api ? apiGateFunctionName(config) : gateFunctionName(config),
      comment: `Decides whether a request ${api ? "of an API " : ""}may pass`,
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
    });
    this.arn = this.resource.arn;
  }
}

/** Rules and file names cannot contain a template's opening characters. If that ever changes, Terraform must not evaluate them. */
function templateFree(source: string): string {
  if (/[$%]\{/.test(source))
    throw new Error("the gate's source contains a Terraform template: a rule or file name has a forbidden character");
  return source;
}
