/** Permissions for a gateway's data: tables, buckets, secrets and settings. */
import { clientSecretName } from "../names";
import { BUCKET_READS, buckets, secrets, everything, type NeedsByType } from "./needs";

export const DATA_NEEDS: NeedsByType = {
  aws_dynamodb_table: {
    "dynamodb:CreateTable DescribeTable UpdateTable DeleteTable DescribeContinuousBackups UpdateContinuousBackups DescribeTimeToLive UpdateTimeToLive TagResource UntagResource ListTagsOfResource":
      ({ arn, config }) => [arn("dynamodb", `table/${config.name}-*`)],
  },
  aws_s3_bucket: {
    [`s3:CreateBucket DeleteBucket PutBucketTagging ${BUCKET_READS}`]: buckets,
    // Only a throw-away stage deletes files.
    "s3:ListBucketVersions": (names) => (names.config.deletionProtection ? [] : buckets(names)),
    "s3:DeleteObject DeleteObjectVersion": (names) =>
      names.config.deletionProtection ? [] : buckets(names).map((bucket) => `${bucket}/*`),
  },
  aws_s3_bucket_lifecycle_configuration: { "s3:GetLifecycleConfiguration PutLifecycleConfiguration": buckets },
  aws_s3_bucket_object_lock_configuration: {
    "s3:GetBucketObjectLockConfiguration PutBucketObjectLockConfiguration": buckets,
    // Only a throw-away stage deletes what is locked.
    "s3:BypassGovernanceRetention": (names) =>
      names.config.deletionProtection ? [] : buckets(names).map((bucket) => `${bucket}/*`),
  },
  aws_s3_bucket_ownership_controls: { "s3:GetBucketOwnershipControls PutBucketOwnershipControls": buckets },
  aws_s3_bucket_policy: { "s3:GetBucketPolicy PutBucketPolicy DeleteBucketPolicy": buckets },
  aws_s3_bucket_public_access_block: { "s3:GetBucketPublicAccessBlock PutBucketPublicAccessBlock": buckets },
  aws_s3_bucket_server_side_encryption_configuration: {
    "s3:GetEncryptionConfiguration PutEncryptionConfiguration": buckets,
  },
  aws_s3_bucket_versioning: { "s3:GetBucketVersioning PutBucketVersioning": buckets },
  aws_secretsmanager_secret: {
    "secretsmanager:CreateSecret DescribeSecret UpdateSecret DeleteSecret GetResourcePolicy TagResource UntagResource":
      secrets,
  },
  aws_secretsmanager_secret_rotation: { "secretsmanager:RotateSecret CancelRotateSecret DescribeSecret": secrets },
  // Only the secrets that Terraform may store: never the session keys.
  aws_secretsmanager_secret_version: {
    "secretsmanager:PutSecretValue GetSecretValue UpdateSecretVersionStage": ({ arn, config }) => [
      arn("secretsmanager", `secret:${clientSecretName(config, "*")}`),
    ],
  },
  aws_ssm_parameter: {
    "ssm:PutParameter GetParameter GetParameters DeleteParameter AddTagsToResource RemoveTagsFromResource ListTagsForResource":
      ({ arn, config }) => [arn("ssm", `parameter/edgegate/${config.name}-*`)],
    "ssm:DescribeParameters": everything,
  },
};
