import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { LocalBackend, S3Backend, TerraformElement, TerraformOutput, TerraformStack } from "cdktf";
import type { Construct, Node } from "constructs";
import type { Artifacts } from "../build/artifacts";
import type { Config } from "../config/schema";
import { AccessLogs } from "./access-logs";
import { Alarms } from "./alarms";
import { authPermissions } from "./auth-permissions";
import { Caching } from "./caching";
import { Certificate } from "./certificate";
import { DecisionCheck } from "./decision-check";
import { Distribution } from "./distribution";
import { Dns } from "./dns";
import { EdgeFunction } from "./edge-function";
import { Gate } from "./gate";
import { KeyRotator } from "./key-rotator";
import { Ledger } from "./ledger";
import { authFunctionName, gateFunctionName, keyRotatorFunctionName, revokerFunctionName } from "./names";
import { Origins } from "./origins";
import { ResponseHeaders } from "./response-headers";
import { Revoker } from "./revoker";
import { Secrets } from "./secrets";
import { SessionStore } from "./session-store";
import { authSettings, hostsOf } from "./settings";
import { literal } from "./terraform-text";
import { WebAcl } from "./web-acl";

/** CloudFront's certificates, web ACLs, functions and log deliveries are made in us-east-1 only. */
const REGION = "us-east-1";
/** Write-only arguments are from 1.11. */
const TERRAFORM_VERSION = ">= 1.11";
const AWS_PROVIDER = { source: "hashicorp/aws", version: ">= 5.100, < 7.0" };

/** A gateway: everything that one config deploys. */
export class GatewayStack extends TerraformStack {
  constructor(scope: Construct, config: Config, artifacts: Artifacts) {
    super(scope, config.name);
    configureTerraform(this, config);
    const aliases = isLocal(config.domain) ? [] : hostsOf(config).filter((host) => !isLocal(host));

    const store = new SessionStore(this, "session_store", config);
    const gate = new Gate(this, "gate", { config, source: artifacts.gate, store });
    const secrets = new Secrets(this, "secret", config);
    const auth = new EdgeFunction(this, "auth", {
      functionName: authFunctionName(config),
      description: `Signs people in to ${config.name}`,
      zip: artifacts.auth,
      settings: authSettings(config),
      secretNames: secrets.names,
      permissions: authPermissions(config),
      logRetentionDays: config.logRetentionDays,
    });

    const ledger = new Ledger(this, "ledger", config);
    new KeyRotator(this, "key_rotator", {
      config,
      zip: artifacts.keyRotator,
      secret: secrets.sessionKeys,
      store,
      ledger,
    });
    const revoker = new Revoker(this, "revoker", {
      config,
      zip: artifacts.revoker,
      secret: secrets.sessionKeys,
      store,
      ledger,
    });

    const origins = new Origins(this, "origin", config);
    const distribution = new Distribution(this, "gateway", {
      config,
      origins,
      caching: new Caching(this, "cache", config),
      responseHeadersPolicyId: new ResponseHeaders(this, "security_headers", config).id,
      gateArn: gate.arn,
      authArn: auth.qualifiedArn,
      webAclArn: new WebAcl(this, "web_acl", config).arn,
      aliases,
      certificateArn: certificateArn(this, config, aliases),
    });
    new Alarms(this, "alarm", config, distribution.id);
    for (const bucket of origins.buckets) bucket.allowReadBy(distribution.arn);
    new AccessLogs(this, "access_logs", { config, distributionArn: distribution.arn });
    if (config.hostedZoneId !== undefined && aliases.length > 0) {
      new Dns(this, "alias", { domains: aliases, hostedZoneId: config.hostedZoneId, distribution });
    }

    outputs(this, {
      distribution_id: ["", distribution.id],
      distribution_domain_name: ["Where the DNS records of the domains point", distribution.domainName],
      gate_function_name: ["", gateFunctionName(config)],
      auth_function_name: ["", authFunctionName(config)],
      key_rotator_function_name: ["", keyRotatorFunctionName(config)],
      revoker_function_name: ["Answers operators and the customer's programs", revokerFunctionName(config)],
      revocation_topic_arn: ["Where the customer's automation publishes revocations", revoker.topic.arn],
      revocation_queue_url: ["", revoker.queues.revocations.url],
      sign_out_queue_url: ["", revoker.queues.signOuts.url],
      dead_revocation_queue_url: ["Where revocations end that could not be carried out", revoker.queues.dead.url],
      sessions_table_name: ["", ledger.sessions.name],
      revocations_table_name: ["", ledger.revocations.name],
      session_store_arn: ["What the gate reads; filled by key rotation and revocation", store.arn],
      site_buckets: ["Where the S3 origins' files go", origins.buckets.map((bucket) => bucket.name)],
      secret_names: ["The secrets that need a value", secrets.namesToFill],
      redirect_uris: ["To be registered at each identity provider", redirectUris(config)],
      post_logout_redirect_uris: [
        "To be registered at each identity provider",
        hostsOf(config).map((host) => `https://${host}${config.basePath}/signed-out`),
      ],
    });
    this.node.addValidation(new DecisionCheck(this));
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
  // What is written against 5.100 and avoids arguments of one major version only holds for both.
  stack.addOverride("terraform.required_providers.aws", AWS_PROVIDER);
  if (config.state) {
    const { bucket, region, key = `edgegate/${config.name}.tfstate` } = literal(config.state);
    new S3Backend(stack, { bucket, key, region, encrypt: true });
    stack.addOverride("terraform.backend.s3.use_lockfile", true);
  } else {
    // Beside the checkout's files as CDKTF would have it, but without the checkout's own path in it.
    new LocalBackend(stack, { path: `../../../terraform.${config.name}.tfstate` });
  }
}

/** The given certificate, or one that is made for the domains; none where only the local edge serves them. */
function certificateArn(stack: TerraformStack, config: Config, domains: readonly string[]): string | undefined {
  const { certificateArn, hostedZoneId } = config;
  if (domains.length === 0) return undefined;
  if (certificateArn !== undefined) return certificateArn;
  if (hostedZoneId === undefined)
    throw new Error("config/cross-checks.ts lets no domain pass without a certificate or a hosted zone");
  return new Certificate(stack, "certificate", { domains, hostedZoneId }).arn;
}

/** `app.localhost:8443` and the like: CloudFront does not know these hosts. */
function isLocal(host: string): boolean {
  return host.includes(":");
}

function redirectUris(config: Config): Record<string, string[]> {
  return Object.fromEntries(
    Object.keys(config.identityProviders).map((id) => [
      id,
      hostsOf(config).map((host) => `https://${host}${config.basePath}/callback/${id}`),
    ]),
  );
}

function outputs(stack: TerraformStack, values: Record<string, [description: string, value: unknown]>): void {
  for (const [name, [description, value]] of Object.entries(values)) {
    new TerraformOutput(stack, name, { value, ...(description === "" ? {} : { description }) });
  }
}
