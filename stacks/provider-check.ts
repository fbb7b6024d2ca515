/** Synth fails when the gateway's resources would go to a region in which CloudFront does not look for them. */
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

/** Of a stack with a gateway in it. That there is a provider at all is CDKTF's own check. */
export class ProviderCheck implements IValidation {
  readonly #stack: TerraformStack;

  constructor(stack: TerraformStack) {
    this.#stack = stack;
  }

  validate(): string[] {
    const { provider } = this.#stack.toTerraform() as { provider?: { aws?: Provider[] } };
    return (provider?.aws ?? [])
      .filter(({ region, alias }) => alias === undefined && region !== REGION && !isExpression(region))
      .map(
        ({ region = "no region" }) =>
          `the aws provider of the stack ${this.#stack.node.id} is for ${region}; write ` +
          `new AwsProvider(this, "aws", { region: "${REGION}" }), in a stack of its own where the rest is elsewhere`,
      );
  }
}

/** What only Terraform knows the value of. */
function isExpression(region: string | undefined): boolean {
  return region !== undefined && region.includes("${");
}
