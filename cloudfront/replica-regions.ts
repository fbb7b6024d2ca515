/**
 * The regions that can run a replica of a Lambda@Edge function, and then have its log group: all that are enabled in
 * every account. CloudFront does not use opt-in regions.
 *
 * https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-functions-logs.html
 */
export const REPLICA_REGIONS = [
  "us-east-1",
  "us-east-2",
  "us-west-1",
  "us-west-2",
  "ap-northeast-1",
  "ap-northeast-2",
  "ap-northeast-3",
  "ap-south-1",
  "ap-southeast-1",
  "ap-southeast-2",
  "ca-central-1",
  "eu-central-1",
  "eu-north-1",
  "eu-west-1",
  "eu-west-2",
  "eu-west-3",
  "sa-east-1",
] as const;

/**
 * Names of CloudWatch Logs' errors that mean that a region has no log group. Either it never ran a replica, or the
 * region is not enabled, so the credentials are unknown there.
 */
export const NO_REPLICA_ERRORS: readonly string[] = [
  "ResourceNotFoundException",
  "UnrecognizedClientException",
  "InvalidClientTokenId",
];
