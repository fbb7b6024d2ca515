/**
 * What whoever deploys a gateway must be allowed to do, as an IAM policy. Names of actions and resources:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
import { partsOfFunction } from "../config/origins/lambda-url";
import { originsOf } from "../config/origins/origin";
import type { Config } from "../config/schema";
import { policyDocument, type Statement } from "./iam";
import {
  authFunctionName,
  clientSecretName,
  gateFunctionName,
  redirectFunctionName,
  siteFunctionName,
  storeAccessName,
} from "./names";
import { stateOf } from "./base-stack";

/** What one type of resource takes; the same actions and ARNs may serve several types. */
interface Needs {
  /** Names of actions, without the service. */
  actions: string;
  /** The ARNs, of which AWS chooses a part where a `*` stands. */
  on: (names: Names) => string[];
}

interface Names {
  config: Config;
  /** `arn:aws:<service>:us-east-1:<account>:<resource>`. */
  arn: (service: string, resource: string) => string;
  /** The same for services without regions. */
  global: (service: string, resource: string) => string;
}

const TAGS = "TagResource UntagResource ListTagsForResource";
/** Reads that the provider makes of every bucket, whatever is configured. */
const BUCKET_READS =
  "GetAccelerateConfiguration GetBucketAcl GetBucketCORS GetBucketLocation GetBucketLogging GetBucketObjectLockConfiguration GetBucketPolicy GetBucketRequestPayment GetBucketTagging GetBucketVersioning GetBucketWebsite GetEncryptionConfiguration GetLifecycleConfiguration GetReplicationConfiguration ListBucket";

const distributions = ({ global }: Names) => [global("cloudfront", "distribution/*")];
const functions = ({ arn, config }: Names) => [arn("lambda", `function:${config.name}-*`)];
/** The gateway's own functions, and those behind it. */
const calledFunctions = (names: Names) => [
  ...functions(names),
  ...new Set(
    originsOf(names.config).flatMap(({ origin }) =>
      origin.type === "lambda-url" ? [partsOfFunction(origin.functionArn).name] : [],
    ),
  ),
];
const rules = ({ arn, config }: Names) => [arn("events", `rule/${config.name}-*`)];
const roles = ({ global, config: { iam, name } }: Names) => [
  global("iam", `role${iam.rolePath}${iam.roleNamePrefix ?? ""}${name}-*`),
];
const zones = ({ config: { hostedZoneId, hostedZones } }: Names) =>
  [...new Set([hostedZoneId ?? [], Object.values(hostedZones)].flat())].map(
    (zone) => `arn:aws:route53:::hostedzone/${zone}`,
  );
const buckets = ({ config }: Names) => [
  `arn:aws:s3:::${config.name}-*`,
  ...originsOf(config).flatMap(({ origin }) =>
    origin.type === "s3" && origin.bucketName !== undefined ? [`arn:aws:s3:::${origin.bucketName}`] : [],
  ),
];
const secrets = ({ arn, config }: Names) => [arn("secretsmanager", `secret:edgegate/${config.name}/*`)];
const queues = ({ arn, config }: Names) => [arn("sqs", `${config.name}-*`)];
const topics = ({ arn, config }: Names) => [arn("sns", `${config.name}-*`)];
const deliveries = ({ arn }: Names) => [
  arn("logs", "delivery-source:*"),
  arn("logs", "delivery-destination:*"),
  arn("logs", "delivery:*"),
];
const everything = () => ["*"];

/** By type of resource: service, and what it takes. */
const NEEDS: Record<string, [service: string, needs: Needs][]> = {
  aws_acm_certificate: [
    [
      "acm",
      {
        actions:
          "RequestCertificate DescribeCertificate DeleteCertificate AddTagsToCertificate RemoveTagsFromCertificate ListTagsForCertificate",
        on: ({ arn }) => [arn("acm", "certificate/*")],
      },
    ],
  ],
  aws_acm_certificate_validation: [
    ["acm", { actions: "DescribeCertificate", on: ({ arn }) => [arn("acm", "certificate/*")] }],
  ],
  aws_cloudfront_cache_policy: [
    [
      "cloudfront",
      {
        actions: "CreateCachePolicy GetCachePolicy UpdateCachePolicy DeleteCachePolicy",
        on: ({ global }) => [global("cloudfront", "cache-policy/*")],
      },
    ],
  ],
  aws_cloudfront_distribution: [
    [
      "cloudfront",
      {
        actions: `CreateDistribution GetDistribution GetDistributionConfig UpdateDistribution DeleteDistribution ${TAGS}`,
        on: distributions,
      },
    ],
    // The distribution takes a web ACL and a version of each handler
    // (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-permissions.html).
    [
      "wafv2",
      { actions: "GetWebACL", on: ({ arn, config }) => [arn("wafv2", `global/webacl/${config.name}-gateway/*`)] },
    ],
    [
      "lambda",
      {
        actions: "GetFunction EnableReplication* DisableReplication*",
        on: ({ arn, config }) =>
          [authFunctionName(config), siteFunctionName(config)].map((name) => arn("lambda", `function:${name}:*`)),
      },
    ],
    [
      "iam",
      {
        actions: "CreateServiceLinkedRole",
        on: ({ global }) =>
          [
            "replicator.lambda.amazonaws.com/AWSServiceRoleForLambdaReplicator",
            "logger.cloudfront.amazonaws.com/AWSServiceRoleForCloudFrontLogger",
          ].map((role) => global("iam", `role/aws-service-role/${role}`)),
      },
    ],
  ],
  aws_cloudfront_function: [
    [
      "cloudfront",
      {
        actions: "CreateFunction DescribeFunction GetFunction UpdateFunction PublishFunction DeleteFunction",
        on: ({ global, config }) => [
          global("cloudfront", `function/${gateFunctionName(config)}`),
          global("cloudfront", `function/${redirectFunctionName(config)}`),
        ],
      },
    ],
  ],
  aws_cloudfront_key_value_store: [
    [
      "cloudfront",
      {
        actions: "CreateKeyValueStore DescribeKeyValueStore UpdateKeyValueStore DeleteKeyValueStore",
        on: ({ global }) => [global("cloudfront", "key-value-store/*")],
      },
    ],
  ],
  aws_cloudfront_origin_access_control: [
    [
      "cloudfront",
      {
        actions: "CreateOriginAccessControl GetOriginAccessControl UpdateOriginAccessControl DeleteOriginAccessControl",
        on: ({ global }) => [global("cloudfront", "origin-access-control/*")],
      },
    ],
  ],
  aws_cloudfront_origin_request_policy: [
    [
      "cloudfront",
      {
        actions: "CreateOriginRequestPolicy GetOriginRequestPolicy UpdateOriginRequestPolicy DeleteOriginRequestPolicy",
        on: ({ global }) => [global("cloudfront", "origin-request-policy/*")],
      },
    ],
  ],
  aws_cloudfront_response_headers_policy: [
    [
      "cloudfront",
      {
        actions:
          "CreateResponseHeadersPolicy GetResponseHeadersPolicy UpdateResponseHeadersPolicy DeleteResponseHeadersPolicy",
        on: ({ global }) => [global("cloudfront", "response-headers-policy/*")],
      },
    ],
  ],
  // Names and actions: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
  aws_cloudfront_vpc_origin: [
    [
      "cloudfront",
      {
        actions: `CreateVpcOrigin GetVpcOrigin UpdateVpcOrigin DeleteVpcOrigin ${TAGS}`,
        on: ({ global }) => [global("cloudfront", "vpcorigin/*")],
      },
    ],
    [
      "ec2",
      {
        actions:
          "DescribeInstances DescribeInternetGateways DescribeNetworkInterfaces DescribeSecurityGroups DescribeSubnets DescribeVpcs",
        on: everything,
      },
    ],
    ["elasticloadbalancing", { actions: "DescribeListeners DescribeLoadBalancers", on: everything }],
    [
      "iam",
      {
        actions: "CreateServiceLinkedRole",
        on: ({ global }) => [
          global(
            "iam",
            "role/aws-service-role/vpcorigin.cloudfront.amazonaws.com/AWSServiceRoleForCloudFrontVPCOrigin",
          ),
        ],
      },
    ],
  ],
  aws_cloudtrail: [
    [
      "cloudtrail",
      {
        actions:
          "CreateTrail UpdateTrail DeleteTrail GetTrailStatus StartLogging StopLogging PutEventSelectors GetEventSelectors AddTags RemoveTags ListTags",
        on: ({ arn, config }) => [arn("cloudtrail", `trail/${storeAccessName(config)}`)],
      },
    ],
    ["cloudtrail", { actions: "DescribeTrails", on: everything }],
  ],
  aws_cloudwatch_dashboard: [
    [
      "cloudwatch",
      {
        actions: "PutDashboard GetDashboard DeleteDashboards",
        on: ({ global, config }) => [global("cloudwatch", `dashboard/${config.name}`)],
      },
    ],
  ],
  aws_cloudwatch_event_rule: [["events", { actions: `PutRule DescribeRule DeleteRule ${TAGS}`, on: rules }]],
  aws_cloudwatch_event_target: [["events", { actions: "PutTargets ListTargetsByRule RemoveTargets", on: rules }]],
  aws_cloudwatch_log_delivery: [
    ["logs", { actions: `CreateDelivery GetDelivery DeleteDelivery ${TAGS}`, on: deliveries }],
  ],
  aws_cloudwatch_log_delivery_destination: [
    [
      "logs",
      { actions: `PutDeliveryDestination GetDeliveryDestination DeleteDeliveryDestination ${TAGS}`, on: deliveries },
    ],
    // CloudWatch writes itself into the policy of the log group or bucket
    // (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html).
    ["logs", { actions: "PutResourcePolicy DescribeResourcePolicies", on: everything }],
    [
      "s3",
      {
        actions: "GetBucketPolicy PutBucketPolicy",
        on: ({ config }) => (config.accessLogBucketArn === undefined ? [] : [config.accessLogBucketArn]),
      },
    ],
  ],
  aws_cloudwatch_log_delivery_source: [
    ["logs", { actions: `PutDeliverySource GetDeliverySource DeleteDeliverySource ${TAGS}`, on: deliveries }],
    ["cloudfront", { actions: "AllowVendedLogDeliveryForResource", on: distributions }],
  ],
  aws_cloudwatch_log_group: [
    [
      "logs",
      {
        actions: `CreateLogGroup DeleteLogGroup PutRetentionPolicy AssociateKmsKey DisassociateKmsKey ${TAGS}`,
        on: ({ arn, config: { name } }) =>
          [
            `/aws/vendedlogs/cloudfront/${name}`,
            `/aws/lambda/${name}-*`,
            `/aws/lambda/us-east-1.${name}-*`,
            `aws-waf-logs-${name}`,
            `/aws/cloudtrail/${name}-*`,
          ].map((group) => arn("logs", `log-group:${group}*`)),
      },
    ],
    ["logs", { actions: "DescribeLogGroups", on: everything }],
  ],
  aws_cloudwatch_log_metric_filter: [
    [
      "logs",
      {
        actions: "PutMetricFilter DescribeMetricFilters DeleteMetricFilter",
        on: ({ arn, config }) =>
          [
            `/aws/vendedlogs/cloudfront/${config.name}`,
            `/aws/lambda/${config.name}-*`,
            `/aws/cloudtrail/${config.name}-*`,
          ].map((group) => arn("logs", `log-group:${group}*`)),
      },
    ],
  ],
  aws_cloudwatch_metric_alarm: [
    [
      "cloudwatch",
      {
        actions: `PutMetricAlarm DescribeAlarms DeleteAlarms ${TAGS}`,
        on: ({ arn, config }) => [arn("cloudwatch", `alarm:${config.name}-*`)],
      },
    ],
  ],
  // AWS gives the queries no resource
  // (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html).
  aws_cloudwatch_query_definition: [
    ["logs", { actions: "PutQueryDefinition DescribeQueryDefinitions DeleteQueryDefinition", on: everything }],
  ],
  aws_dynamodb_table: [
    [
      "dynamodb",
      {
        actions:
          "CreateTable DescribeTable UpdateTable DeleteTable DescribeContinuousBackups UpdateContinuousBackups DescribeTimeToLive UpdateTimeToLive TagResource UntagResource ListTagsOfResource",
        on: ({ arn, config }) => [arn("dynamodb", `table/${config.name}-*`)],
      },
    ],
  ],
  aws_iam_role: [
    [
      "iam",
      {
        actions:
          "CreateRole GetRole UpdateRole UpdateAssumeRolePolicy DeleteRole PassRole TagRole UntagRole ListRolePolicies ListAttachedRolePolicies ListInstanceProfilesForRole PutRolePermissionsBoundary DeleteRolePermissionsBoundary",
        on: roles,
      },
    ],
  ],
  aws_iam_role_policy: [["iam", { actions: "PutRolePolicy GetRolePolicy DeleteRolePolicy", on: roles }]],
  aws_lambda_event_source_mapping: [
    ["lambda", { actions: "CreateEventSourceMapping", on: everything }],
    [
      "lambda",
      {
        actions:
          "GetEventSourceMapping UpdateEventSourceMapping DeleteEventSourceMapping TagResource UntagResource ListTags",
        on: ({ arn }) => [arn("lambda", "event-source-mapping:*")],
      },
    ],
  ],
  aws_lambda_function: [
    [
      "lambda",
      {
        actions:
          "CreateFunction GetFunction GetFunctionConfiguration GetFunctionCodeSigningConfig UpdateFunctionCode UpdateFunctionConfiguration PublishVersion ListVersionsByFunction PutFunctionConcurrency DeleteFunctionConcurrency DeleteFunction TagResource UntagResource ListTags",
        on: functions,
      },
    ],
  ],
  aws_lambda_permission: [["lambda", { actions: "AddPermission GetPolicy RemovePermission", on: calledFunctions }]],
  aws_route53_record: [
    ["route53", { actions: "ChangeResourceRecordSets ListResourceRecordSets GetHostedZone", on: zones }],
    ["route53", { actions: "GetChange", on: () => ["arn:aws:route53:::change/*"] }],
  ],
  aws_s3_bucket: [
    ["s3", { actions: `CreateBucket DeleteBucket PutBucketTagging ${BUCKET_READS}`, on: buckets }],
    // Only a throw-away stage deletes files.
    ["s3", { actions: "ListBucketVersions", on: (names) => (names.config.deletionProtection ? [] : buckets(names)) }],
    [
      "s3",
      {
        actions: "DeleteObject DeleteObjectVersion",
        on: (names) => (names.config.deletionProtection ? [] : buckets(names).map((bucket) => `${bucket}/*`)),
      },
    ],
  ],
  aws_s3_bucket_lifecycle_configuration: [
    ["s3", { actions: "GetLifecycleConfiguration PutLifecycleConfiguration", on: buckets }],
  ],
  aws_s3_bucket_ownership_controls: [
    ["s3", { actions: "GetBucketOwnershipControls PutBucketOwnershipControls", on: buckets }],
  ],
  aws_s3_bucket_policy: [["s3", { actions: "GetBucketPolicy PutBucketPolicy DeleteBucketPolicy", on: buckets }]],
  aws_s3_bucket_public_access_block: [
    ["s3", { actions: "GetBucketPublicAccessBlock PutBucketPublicAccessBlock", on: buckets }],
  ],
  aws_s3_bucket_server_side_encryption_configuration: [
    ["s3", { actions: "GetEncryptionConfiguration PutEncryptionConfiguration", on: buckets }],
  ],
  aws_s3_bucket_versioning: [["s3", { actions: "GetBucketVersioning PutBucketVersioning", on: buckets }]],
  aws_secretsmanager_secret: [
    [
      "secretsmanager",
      {
        actions: "CreateSecret DescribeSecret UpdateSecret DeleteSecret GetResourcePolicy TagResource UntagResource",
        on: secrets,
      },
    ],
  ],
  aws_secretsmanager_secret_rotation: [
    ["secretsmanager", { actions: "RotateSecret CancelRotateSecret DescribeSecret", on: secrets }],
  ],
  // Only the secrets that Terraform may store: never the session keys.
  aws_secretsmanager_secret_version: [
    [
      "secretsmanager",
      {
        actions: "PutSecretValue GetSecretValue UpdateSecretVersionStage",
        on: ({ arn, config }) => [arn("secretsmanager", `secret:${clientSecretName(config, "*")}`)],
      },
    ],
  ],
  aws_sns_topic: [
    ["sns", { actions: `CreateTopic GetTopicAttributes SetTopicAttributes DeleteTopic ${TAGS}`, on: topics }],
  ],
  aws_sns_topic_policy: [["sns", { actions: "GetTopicAttributes SetTopicAttributes", on: topics }]],
  aws_sns_topic_subscription: [
    [
      "sns",
      {
        actions: "Subscribe GetSubscriptionAttributes SetSubscriptionAttributes Unsubscribe ListSubscriptionsByTopic",
        on: topics,
      },
    ],
  ],
  aws_sqs_queue: [
    [
      "sqs",
      {
        actions: "CreateQueue GetQueueAttributes SetQueueAttributes DeleteQueue TagQueue UntagQueue ListQueueTags",
        on: queues,
      },
    ],
  ],
  aws_sqs_queue_policy: [["sqs", { actions: "GetQueueAttributes SetQueueAttributes", on: queues }]],
  aws_sqs_queue_redrive_allow_policy: [["sqs", { actions: "GetQueueAttributes SetQueueAttributes", on: queues }]],
  aws_ssm_parameter: [
    [
      "ssm",
      {
        actions:
          "PutParameter GetParameter GetParameters DeleteParameter AddTagsToResource RemoveTagsFromResource ListTagsForResource",
        on: ({ arn, config }) => [arn("ssm", `parameter/edgegate/${config.name}-*`)],
      },
    ],
    ["ssm", { actions: "DescribeParameters", on: everything }],
  ],
  aws_wafv2_ip_set: [
    [
      "wafv2",
      {
        actions: `CreateIPSet GetIPSet UpdateIPSet DeleteIPSet ${TAGS}`,
        on: ({ arn, config }) => [arn("wafv2", `global/ipset/${config.name}-*/*`)],
      },
    ],
  ],
  aws_wafv2_web_acl: [
    [
      "wafv2",
      {
        actions: `CreateWebACL GetWebACL UpdateWebACL DeleteWebACL ${TAGS}`,
        on: ({ arn, config }) => [
          arn("wafv2", `global/webacl/${config.name}-gateway/*`),
          arn("wafv2", `global/ipset/${config.name}-*/*`),
          arn("wafv2", "global/managedruleset/*/*"),
        ],
      },
    ],
  ],
  aws_wafv2_web_acl_logging_configuration: [
    [
      "wafv2",
      {
        actions: "PutLoggingConfiguration GetLoggingConfiguration DeleteLoggingConfiguration",
        on: ({ arn, config }) => [arn("wafv2", `global/webacl/${config.name}-gateway/*`)],
      },
    ],
    // https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html#logging-cw-logs-permissions
    [
      "logs",
      {
        actions: "CreateLogDelivery DeleteLogDelivery PutResourcePolicy DescribeResourcePolicies DescribeLogGroups",
        on: everything,
      },
    ],
  ],
};

/** The types of resources that the policies know. */
export const KNOWN_TYPES = Object.keys(NEEDS);

/** Terraform's own: nothing in AWS. */
const WITHOUT_PERMISSIONS = ["terraform_data"];

/** Characters of a managed policy (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html). */
const MAX_POLICY = 6_144;

/**
 * Managed policies for a stack with these types of resources, all of which are needed.
 *
 * @throws Error if a type is not known here
 */
export function deployPolicies(config: Config, types: readonly string[]): string[] {
  const policies: Statement[][] = [[]];
  for (const statement of statements(config, types)) {
    const last = policies.at(-1)!;
    if (policyDocument([...last, statement]).length > MAX_POLICY) policies.push([statement]);
    else last.push(statement);
  }
  return policies.map(policyDocument);
}

function statements(config: Config, types: readonly string[]): Statement[] {
  const account = config.accountId ?? "*";
  const names: Names = {
    config,
    arn: (service, resource) => `arn:aws:${service}:us-east-1:${account}:${resource}`,
    global: (service, resource) => `arn:aws:${service}::${account}:${resource}`,
  };
  const needed = types
    .filter((type) => !WITHOUT_PERMISSIONS.includes(type))
    .flatMap((type) => {
      const needs = NEEDS[type];
      if (!needs) throw new Error(`stacks/deploy-permissions.ts does not know what ${type} needs`);
      return needs.flatMap(([service, { actions, on }]) =>
        actions.split(" ").map((action) => ({ action: `${service}:${action}`, resources: on(names) })),
      );
    });
  return merged([...needed, ...keyUse(config), ...stateUse(config)]);
}

interface Grant {
  action: string;
  resources: string[];
}

/** https://docs.aws.amazon.com/kms/latest/developerguide/grants.html: DynamoDB's grant, and what encrypts new secrets. */
function keyUse({ kmsKeyArn }: Config): Grant[] {
  if (kmsKeyArn === undefined) return [];
  return ["CreateGrant", "DescribeKey", "Decrypt", "GenerateDataKey"].map((action) => ({
    action: `kms:${action}`,
    resources: [kmsKeyArn],
  }));
}

/** https://developer.hashicorp.com/terraform/language/backend/s3#permissions-required */
function stateUse(config: Config): Grant[] {
  const state = stateOf(config);
  if (!state) return [];
  const bucket = `arn:aws:s3:::${state.bucket}`;
  const objects = [`${bucket}/${state.key}`, `${bucket}/${state.key}.tflock`];
  return [
    { action: "s3:ListBucket", resources: [bucket] },
    { action: "s3:GetObject", resources: objects },
    { action: "s3:PutObject", resources: objects },
    { action: "s3:DeleteObject", resources: objects.slice(1) },
  ];
}

/** One statement for all actions on the same resources. */
function merged(grants: readonly Grant[]): Statement[] {
  const byAction = new Map<string, Set<string>>();
  for (const { action, resources } of grants)
    byAction.set(action, new Set([...(byAction.get(action) ?? []), ...resources]));
  const byResources = new Map<string, string[]>();
  for (const [action, resources] of byAction) {
    if (resources.size === 0) continue;
    const key = JSON.stringify([...resources].sort());
    byResources.set(key, [...(byResources.get(key) ?? []), action]);
  }
  return [...byResources].map(([resources, actions], place) => ({
    Sid: `Deploy${place}`,
    Effect: "Allow",
    Action: actions.sort(),
    Resource: JSON.parse(resources) as string[],
  }));
}
