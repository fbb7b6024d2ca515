/**
 * The IAM names of a gateway's resources, and the permissions that they need. Names of actions and resources:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
import { partsOfFunction } from "../../config/origins/lambda-url";
import { originsOf } from "../../config/origins/origin";
import type { Config } from "../../config/schema";

export interface Names {
  config: Config;
  /** `arn:aws:<service>:us-east-1:<account>:<resource>`. */
  arn: (service: string, resource: string) => string;
  /** The same for services without regions. */
  global: (service: string, resource: string) => string;
}

export const TAGS = "TagResource UntagResource ListTagsForResource";
/** Reads that the provider makes for every bucket, independent of its config. */
export const BUCKET_READS =
  "GetAccelerateConfiguration GetBucketAcl GetBucketCORS GetBucketLocation GetBucketLogging GetBucketObjectLockConfiguration GetBucketPolicy GetBucketRequestPayment GetBucketTagging GetBucketVersioning GetBucketWebsite GetEncryptionConfiguration GetLifecycleConfiguration GetReplicationConfiguration ListBucket";

export const distributions = ({ global }: Names) => [global("cloudfront", "distribution/*")];
export const functions = ({ arn, config }: Names) => [arn("lambda", `function:${config.name}-*`)];
/** The gateway's own functions, and those behind it. */
export const calledFunctions = (names: Names) => [
  ...functions(names),
  ...new Set(
    originsOf(names.config).flatMap(({ origin }) =>
      origin.type === "lambda-url" ? [partsOfFunction(origin.functionArn).name] : [],
    ),
  ),
];
export const rules = ({ arn, config }: Names) => [arn("events", `rule/${config.name}-*`)];
export const roles = ({ global, config: { iam, name } }: Names) => [
  global("iam", `role${iam.rolePath}${iam.roleNamePrefix ?? ""}${name}-*`),
];
export const zones = ({ config: { hostedZoneId, hostedZones } }: Names) =>
  [...new Set([hostedZoneId ?? [], Object.values(hostedZones)].flat())].map(
    (zone) => `arn:aws:route53:::hostedzone/${zone}`,
  );
export const buckets = ({ config }: Names) => [
  `arn:aws:s3:::${config.name}-*`,
  ...originsOf(config).flatMap(({ origin }) =>
    origin.type === "s3" && origin.bucketName !== undefined ? [`arn:aws:s3:::${origin.bucketName}`] : [],
  ),
];
export const secrets = ({ arn, config }: Names) => [arn("secretsmanager", `secret:edgegate/${config.name}/*`)];
export const queues = ({ arn, config }: Names) => [arn("sqs", `${config.name}-*`)];
export const topics = ({ arn, config }: Names) => [arn("sns", `${config.name}-*`)];
export const deliveries = ({ arn }: Names) => [
  arn("logs", "delivery-source:*"),
  arn("logs", "delivery-destination:*"),
  arn("logs", "delivery:*"),
];
export const everything = () => ["*"];

/**
 * By type of resource and actions, as in `s3:GetBucketPolicy PutBucketPolicy`: the ARNs, of which AWS chooses a part
 * where a `*` stands.
 */
export type NeedsByType = Record<string, Record<string, (names: Names) => string[]>>;
