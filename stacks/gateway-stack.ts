import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import type { Construct } from "constructs";
import { AWS_PROVIDER, BaseStack, stateOf } from "./base-stack";
import { Gateway, type GatewayProps } from "./gateway";
import { authFunctionName, gateFunctionName, keyRotatorFunctionName, revokerFunctionName } from "./names";
import { REGION } from "./provider-check";
import { literal } from "./terraform-text";

/** A gateway as a separate stack, with its provider, its backend and outputs that people read. */
export class GatewayStack extends BaseStack {
  readonly gateway: Gateway;

  constructor(scope: Construct, id: string, props: GatewayProps) {
    super(scope, id);
    const { config } = props;
    new AwsProvider(this, "aws", {
      region: REGION,
      ...(config.accountId !== undefined && { allowedAccountIds: [config.accountId] }),
      defaultTags: [{ tags: literal({ edgegate: config.name, ...config.tags }) }],
    });
    this.configureTerraform({
      providers: { aws: AWS_PROVIDER },
      state: stateOf(config),
      localName: config.name,
    });
    const gateway = new Gateway(this, "Resource", props);
    gateway.protectWholeStack();
    this.gateway = gateway;

    this.addOutputs({
      ...this.#ofDistribution(gateway),
      ...(gateway.redirectDomainName !== undefined && {
        redirect_domain_name: ["Where the DNS records of the redirected hosts point", gateway.redirectDomainName],
      }),
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
      ...(Object.keys(gateway.originAccess).length > 0 && {
        origin_access: ["By origin: what its owner must add so that the distribution gets in", gateway.originAccess],
      }),
      ...(gateway.originSecretName !== undefined && {
        origin_secret_name: ["What servers behind the gateway read, to know its requests", gateway.originSecretName],
      }),
      ...(gateway.assertionKeysName !== undefined && {
        assertion_keys_name: ["What servers behind the gateway read, to verify assertions", gateway.assertionKeysName],
      }),
      ...(gateway.auditBucket !== undefined && {
        audit_bucket: ["The archive of audit events", gateway.auditBucket],
      }),
      secret_names: ["The secrets that need a value", gateway.secretNames],
      redirect_uris: ["Register these at each identity provider", gateway.redirectUris],
      post_logout_redirect_uris: ["Register these at each identity provider", gateway.postLogoutRedirectUris],
    });
  }

  /** Outputs about the gateway's distribution, or the values that the owner of an existing one needs. */
  #ofDistribution(gateway: Gateway): Record<string, [description: string, value: unknown]> {
    const { distributionId, distributionDomainName, siteBuckets, policies } = gateway;
    if (!policies)
      return {
        distribution_id: ["", distributionId],
        distribution_domain_name: ["Where the DNS records of the domains point", distributionDomainName],
        site_buckets: ["Buckets for the files of the S3 origins", siteBuckets],
      };
    const { functionAssociation, authBehavior } = gateway.forModules();
    return {
      function_association: ["For every behavior of the distribution, but auth_behavior", functionAssociation],
      auth_behavior: [
        "The first ordered cache behavior of the distribution; target_origin_id can be any of its origins",
        authBehavior,
      ],
      policies: ["For the behaviors of the distribution, by what their origins are", withSnakeCase(policies)],
    };
  }
}

/** Converts a name to Terraform's style. */
function withSnakeCase(value: object): object {
  return Object.fromEntries(
    Object.entries(value).map(([key, member]: [string, unknown]) => [
      key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      typeof member === "object" && member !== null ? withSnakeCase(member) : member,
    ]),
  );
}
