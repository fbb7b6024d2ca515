/** Fails the synth if the gateway's resources would be in a region where CloudFront does not look for them. */
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

/** For a stack with a gateway. CDKTF itself checks that there is a provider. */
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
          `new AwsProvider(this, "aws", { region: "${REGION}" }), or move the gateway to a separate stack`,
      );
  }
}

/** True if only Terraform knows the value. */
function isExpression(region: string | undefined): boolean {
  return region !== undefined && region.includes("${");
}
