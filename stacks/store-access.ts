/**
 * Records who reads or writes the store through its API, because the store has the keys that sign sessions. The gate's
 * own reads at the edge are not API calls.
 *
 * CloudTrail: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/logging_using_cloudtrail.html. Calls of
 * the store are data events, which only a trail records:
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
 */
import { Cloudtrail } from "@cdktf/provider-aws/lib/cloudtrail";
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Config } from "../config/schema";
import { accountOf } from "./arn";
import { allow, policyDocument, roleOf, trust, type Statement } from "./iam";
import { logStorage } from "./log-storage";
import { storeAccessLogGroupName, storeAccessName } from "./names";
import { expiration, PrivateBucket } from "./private-bucket";
import type { SessionStore } from "./session-store";

const CLOUDTRAIL = "cloudtrail.amazonaws.com";

/** A trail of the store's calls, with its own log group. */
export class StoreAccess extends Construct {
  readonly logGroupName: string;

  constructor(scope: Construct, id: string, { config, store }: { config: Config; store: SessionStore }) {
    super(scope, id);
    const name = storeAccessName(config);
    const account = accountOf(store.arn);
    const bucket = new TrailBucket(this, "bucket", config);
    const writable = bucket.allowWriteBy(`arn:aws:cloudtrail:us-east-1:${account}:trail/${name}`, account);
    const group = new CloudwatchLogGroup(this, "logs", {
      name: storeAccessLogGroupName(config),
      ...logStorage(config),
    });
    this.logGroupName = group.name;
    const role = new IamRole(this, "role", {
      ...roleOf(config, name),
      description: `Writes who reads the store of ${config.name}`,
      assumeRolePolicy: trust(CLOUDTRAIL),
    });
    // https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html
    const permissions = new IamRolePolicy(this, "permissions", {
      name: "logs",
      role: role.name,
      policy: policyDocument([allow("Logs", ["logs:CreateLogStream", "logs:PutLogEvents"], `${group.arn}:*`)]),
    });
    new Cloudtrail(this, "Resource", {
      name,
      s3BucketName: bucket.name,
      cloudWatchLogsGroupArn: `${group.arn}:*`,
      cloudWatchLogsRoleArn: role.arn,
      // The store's API is global. AWS's example has us-east-1, but AWS does not document that it is always so.
      isMultiRegionTrail: true,
      enableLogFileValidation: true,
      advancedEventSelector: [
        {
          name: "Calls of the store",
          fieldSelector: [
            { field: "eventCategory", equalTo: ["Data"] },
            { field: "resources.type", equalTo: ["AWS::CloudFront::KeyValueStore"] },
            { field: "resources.ARN", equalTo: [store.arn] },
            // This call reveals no keys, and precedes each of the gateway's own writes.
            { field: "eventName", notEquals: ["DescribeKeyValueStore"] },
          ],
        },
      ],
      dependsOn: [writable, permissions],
    });
  }
}

/** A trail must have a bucket. The log group has the same events. */
class TrailBucket extends PrivateBucket {
  constructor(scope: Construct, id: string, { name, deletionProtection, logRetentionDays }: Config) {
    super(scope, id, {
      name: { bucketPrefix: `${name}-trail-` },
      deletionProtection,
      lifecycle: expiration(logRetentionDays),
    });
  }

  /** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html */
  allowWriteBy(trailArn: string, account: string): ITerraformDependable {
    const forTrail = (sid: string, action: string, resource: string, more: Record<string, string> = {}): Statement => ({
      Sid: sid,
      Effect: "Allow",
      Principal: { Service: CLOUDTRAIL },
      Action: action,
      Resource: resource,
      Condition: { StringEquals: { "aws:SourceArn": trailArn, ...more } },
    });
    return this.allow([
      forTrail("Look", "s3:GetBucketAcl", this.arn),
      forTrail("Write", "s3:PutObject", `${this.arn}/AWSLogs/${account}/*`, {
        "s3:x-amz-acl": "bucket-owner-full-control",
      }),
    ]);
  }
}
