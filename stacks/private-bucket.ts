import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import {
  S3BucketLifecycleConfiguration,
  type S3BucketLifecycleConfigurationRule,
} from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketObjectLockConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-object-lock-configuration";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Config } from "../config/schema";
import { encryptedTransportOnly, policyDocument, type Statement } from "./iam";

export interface PrivateBucketProps {
  /** A fixed name, or a prefix from which AWS makes a unique name. */
  name: { bucket: string } | { bucketPrefix: string };
  /** True if Terraform must not delete a bucket with objects in it. */
  deletionProtection: Config["deletionProtection"];
  lifecycle: S3BucketLifecycleConfigurationRule[];
  /** How long S3 refuses to delete new objects; no lock if absent. */
  lock?: { mode: "GOVERNANCE" | "COMPLIANCE"; days: number } | undefined;
}

/** Time to bring back a file that was replaced or deleted. */
const OLD_VERSION_DAYS = 30;

/** Deletes files after some days. */
export function expiration(days: number): S3BucketLifecycleConfigurationRule[] {
  const common = { status: "Enabled", filter: [{}] };
  return [
    {
      id: "old-events",
      ...common,
      expiration: [{ days }],
      noncurrentVersionExpiration: [{ noncurrentDays: OLD_VERSION_DAYS }],
      abortIncompleteMultipartUpload: [{ daysAfterInitiation: 7 }],
    },
    // S3 takes no rule that expires objects by their age and these markers.
    { id: "nothing-left", ...common, expiration: [{ expiredObjectDeleteMarker: true }] },
  ];
}

/** An encrypted bucket with versions and without ACLs. Nobody but its account can reach it until {@link allow}. */
export class PrivateBucket extends Construct {
  readonly #bucket: S3Bucket;

  constructor(scope: Construct, id: string, { name, deletionProtection, lifecycle, lock }: PrivateBucketProps) {
    super(scope, id);
    this.#bucket = new S3Bucket(this, "Resource", { ...name, forceDestroy: !deletionProtection });
    const bucket = this.#bucket.id;
    new S3BucketOwnershipControls(this, "ownership", { bucket, rule: { objectOwnership: "BucketOwnerEnforced" } });
    new S3BucketServerSideEncryptionConfigurationA(this, "encryption", {
      bucket,
      rule: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
    });
    const versioning = new S3BucketVersioningA(this, "versioning", {
      bucket,
      versioningConfiguration: { status: "Enabled" },
    });
    new S3BucketLifecycleConfiguration(this, "lifecycle", {
      bucket,
      rule: lifecycle,
      // S3 accepts a rule about versions only if versioning is on.
      dependsOn: [versioning],
    });
    if (!lock) return;
    // Not object_lock_enabled of the bucket: changing that replaces it. This also works on an existing bucket
    // (https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-configure.html).
    new S3BucketObjectLockConfigurationA(this, "lock", {
      bucket,
      rule: { defaultRetention: lock },
      dependsOn: [versioning],
    });
  }

  get name(): string {
    return this.#bucket.id;
  }

  get arn(): string {
    return this.#bucket.arn;
  }

  get domainName(): string {
    return this.#bucket.bucketRegionalDomainName;
  }

  /** Makes the bucket's policy: these statements, TLS for every request, and nothing for the public. */
  protected allow(statements: readonly Statement[]): ITerraformDependable {
    const { id: bucket, arn } = this.#bucket;
    const closed = new S3BucketPublicAccessBlock(this, "public_access", {
      bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    return new S3BucketPolicy(this, "policy", {
      bucket,
      policy: policyDocument([...statements, encryptedTransportOnly("s3:*", [arn, `${arn}/*`])]),
      // S3 refuses a second change of these while the first is in progress.
      dependsOn: [closed],
    });
  }
}
