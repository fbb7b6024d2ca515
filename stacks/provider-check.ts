/** Fails the synth if the gateway's resources would be in a region that CloudFront does not search. */
import type { TerraformStack } from "cdktf";
import type { IValidation } from "constructs";

/**
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-at-edge-function-restrictions.html, and the
 * same for certificates, web ACLs and log deliveries
 */
export const REGION = "us-east-1";

interface Provider {
  region?: string;
  alias?: string;
}

/**
 * For a stack with a gateway, whose resources use the provider without an alias. If there is none, Terraform makes one
 * for the environment's region (https://developer.hashicorp.com/terraform/language/providers/configuration).
 */
export class ProviderCheck implements IValidation {
  readonly #stack: TerraformStack;

  constructor(stack: TerraformStack) {
    this.#stack = stack;
  }

  validate(): string[] {
    const { provider } = this.#stack.toTerraform() as { provider?: { aws?: Provider[] } };
    const used = provider?.aws?.find(({ alias }) => alias === undefined);
    if (used && (used.region === REGION || isExpression(used.region))) return [];
    const [stack, region = "no region"] = [this.#stack.node.id, used?.region];
    return [
      (used
        ? `the aws provider of the stack ${stack} is for ${region}`
        : `the stack ${stack} has no aws provider without an alias`) +
        `; write new AwsProvider(this, "aws", { region: "${REGION}" }), or move the gateway to a separate stack`,
    ];
  }
}

/** True if only Terraform knows the value. */
function isExpression(region: string | undefined): boolean {
  return region !== undefined && region.includes("${");
}
