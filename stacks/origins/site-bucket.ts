import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Config } from "../../config/schema";

/** Time to bring back a file that was replaced or deleted. */
const OLD_VERSION_DAYS = 90;

/** A private bucket. Only one distribution can read its objects, and it cannot list them. */
export class SiteBucket extends Construct {
  readonly #bucket: S3Bucket;

  /**
   * @param name a fixed name, or a prefix from which AWS makes a unique name
   * @param deletionProtection whether a bucket with objects in it stays
   */
  constructor(
    scope: Construct,
    id: string,
    name: { bucket: string } | { bucketPrefix: string },
    { deletionProtection }: Pick<Config, "deletionProtection">,
  ) {
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
      rule: [
        {
          id: "replaced-files",
          status: "Enabled",
          filter: [{}],
          noncurrentVersionExpiration: [{ noncurrentDays: OLD_VERSION_DAYS }],
          expiration: [{ expiredObjectDeleteMarker: true }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: 7 }],
        },
      ],
      // S3 looks at the versioning when it takes a rule about versions.
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

  allowReadBy(distributionArn: string): ITerraformDependable {
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
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          readStatement(arn, distributionArn),
          {
            Sid: "EncryptedTransportOnly",
            Effect: "Deny",
            Principal: "*",
            Action: "s3:*",
            Resource: [arn, `${arn}/*`],
            Condition: { Bool: { "aws:SecureTransport": "false" } },
          },
        ],
      }),
      // S3 refuses a second change of these while the first is in progress.
      dependsOn: [closed],
    });
  }
}

/**
 * Lets one distribution read a bucket's objects:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
 */
export function readStatement(bucketArn: string, distributionArn: string) {
  return {
    Sid: "Distribution",
    Effect: "Allow",
    Principal: { Service: "cloudfront.amazonaws.com" },
    Action: "s3:GetObject",
    Resource: `${bucketArn}/*`,
    Condition: { StringEquals: { "AWS:SourceArn": distributionArn } },
  };
}
