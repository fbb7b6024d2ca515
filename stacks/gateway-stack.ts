import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { LocalBackend, S3Backend, TerraformElement, TerraformOutput, TerraformStack } from "cdktf";
import type { Construct, Node } from "constructs";
import type { Config } from "../config/schema";
import { Gateway, type GatewayProps } from "./gateway";
import { authFunctionName, gateFunctionName, keyRotatorFunctionName, revokerFunctionName } from "./names";
import { REGION } from "./provider-check";
import { literal } from "./terraform-text";

/** Write-only arguments need 1.11. */
const TERRAFORM_VERSION = ">= 1.11";
const AWS_PROVIDER = { source: "hashicorp/aws", version: ">= 5.100, < 7.0" };

/** A gateway as a separate stack, with its provider, its backend and outputs that people read. */
export class GatewayStack extends TerraformStack {
  readonly gateway: Gateway;

  constructor(scope: Construct, id: string, props: GatewayProps) {
    super(scope, id);
    const { config } = props;
    configureTerraform(this, config);
    const gateway = new Gateway(this, "Resource", props);
    gateway.protectWholeStack();
    this.gateway = gateway;

    outputs(this, {
      distribution_id: ["", gateway.distributionId],
      distribution_domain_name: ["Where the DNS records of the domains point", gateway.distributionDomainName],
      gate_function_name: ["", gateFunctionName(config)],
      auth_function_name: ["", authFunctionName(config)],
      key_rotator_function_name: ["", keyRotatorFunctionName(config)],
      revoker_function_name: ["Answers operators and the customer's programs", revokerFunctionName(config)],
      revocation_topic_arn: [
        "The topic to which the customer's automation publishes revocations",
        gateway.revocationTopicArn,
      ],
      revocation_queue_url: ["", gateway.revocationQueueUrl],
      sign_out_queue_url: ["", gateway.signOutQueueUrl],
      dead_revocation_queue_url: [
        "The dead-letter queue for revocations that could not be carried out",
        gateway.deadRevocationQueueUrl,
      ],
      sessions_table_name: ["", gateway.sessionsTableName],
      revocations_table_name: ["", gateway.revocationsTableName],
      session_store_arn: ["What the gate reads; filled by key rotation and revocation", gateway.sessionStoreArn],
      site_buckets: ["Buckets for the files of the S3 origins", gateway.siteBuckets],
      secret_names: ["The secrets that need a value", gateway.secretNames],
      redirect_uris: ["Register these at each identity provider", gateway.redirectUris],
      post_logout_redirect_uris: ["Register these at each identity provider", gateway.postLogoutRedirectUris],
    });
  }

  /**
   * `aws_s3_bucket_policy.site_policy`, not `…_1F2E3D4C`: people read these in plans. A construct's main resource is
   * named after it.
   */
  protected override allocateLogicalId(element: TerraformElement | Node): string {
    const { scopes } = TerraformElement.isTerraformElement(element) ? element.node : element;
    return scopes
      .slice(scopes.indexOf(this) + 1)
      .map(({ node }) => node.id)
      .filter((id) => id !== "Resource")
      .join("_")
      .replace(/[^A-Za-z0-9_-]/g, "_");
  }
}

function configureTerraform(stack: TerraformStack, config: Config): void {
  new AwsProvider(stack, "aws", {
    region: REGION,
    defaultTags: [{ tags: literal({ edgegate: config.name, ...config.tags }) }],
  });
  stack.addOverride("terraform.required_version", TERRAFORM_VERSION);
  // The code is written against 5.100 and avoids arguments that only one major version has, so both work.
  stack.addOverride("terraform.required_providers.aws", AWS_PROVIDER);
  if (config.state) {
    const { bucket, region, key = `edgegate/${config.name}.tfstate` } = literal(config.state);
    new S3Backend(stack, { bucket, key, region, encrypt: true });
    stack.addOverride("terraform.backend.s3.use_lockfile", true);
  } else {
    // In the checkout, where CDKTF would put it, but without the checkout's own path.
    new LocalBackend(stack, { path: `../../../terraform.${config.name}.tfstate` });
  }
}

function outputs(stack: TerraformStack, values: Record<string, [description: string, value: unknown]>): void {
  for (const [name, [description, value]] of Object.entries(values)) {
    new TerraformOutput(stack, name, { value, ...(description === "" ? {} : { description }) });
  }
}
