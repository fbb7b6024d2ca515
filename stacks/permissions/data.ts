/** Permissions for a gateway's data: tables, buckets, secrets and settings. */
import { clientSecretName } from "../names";
import { BUCKET_READS, buckets, secrets, everything, type NeedsByType } from "./needs";

export const DATA_NEEDS: NeedsByType = {
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
  aws_s3_bucket_object_lock_configuration: [
    ["s3", { actions: "GetBucketObjectLockConfiguration PutBucketObjectLockConfiguration", on: buckets }],
    // Only a throw-away stage deletes what is locked.
    [
      "s3",
      {
        actions: "BypassGovernanceRetention",
        on: (names) => (names.config.deletionProtection ? [] : buckets(names).map((bucket) => `${bucket}/*`)),
      },
    ],
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
};
