import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import type { Config } from "../../config/schema";
import type { Statement } from "../iam";
import { PrivateBucket, type PrivateBucketProps } from "../private-bucket";

/** Time to restore a file that was replaced or deleted. */
const OLD_VERSION_DAYS = 90;

/** A private bucket. Only one distribution can read its objects, and it cannot list them. */
export class SiteBucket extends PrivateBucket {
  constructor(
    scope: Construct,
    id: string,
    name: PrivateBucketProps["name"],
    { deletionProtection }: Pick<Config, "deletionProtection">,
  ) {
    super(scope, id, {
      name,
      deletionProtection,
      lifecycle: [
        {
          id: "replaced-files",
          status: "Enabled",
          filter: [{}],
          noncurrentVersionExpiration: [{ noncurrentDays: OLD_VERSION_DAYS }],
          expiration: [{ expiredObjectDeleteMarker: true }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: 7 }],
        },
      ],
    });
  }

  allowReadBy(distributionArn: string): ITerraformDependable {
    return this.allow([readStatement(this.arn, distributionArn)]);
  }
}

/**
 * Lets one distribution read a bucket's objects:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
 */
export function readStatement(bucketArn: string, distributionArn: string): Statement {
  return {
    Sid: "Distribution",
    Effect: "Allow",
    Principal: { Service: "cloudfront.amazonaws.com" },
    Action: "s3:GetObject",
    Resource: `${bucketArn}/*`,
    Condition: { StringEquals: { "AWS:SourceArn": distributionArn } },
  };
}
