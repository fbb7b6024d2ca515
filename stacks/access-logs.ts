import { CloudwatchLogDelivery } from "@cdktf/provider-aws/lib/cloudwatch-log-delivery";
import { CloudwatchLogDeliveryDestination } from "@cdktf/provider-aws/lib/cloudwatch-log-delivery-destination";
import { CloudwatchLogDeliverySource } from "@cdktf/provider-aws/lib/cloudwatch-log-delivery-source";
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { Construct } from "constructs";
import type { Config } from "../config/schema";

/**
 * The log fields, without any that may hold a secret: queries carry authorization codes, cookies are sessions, and a
 * referrer can be a URL with a code. All fields:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
 */
const FIELDS = [
  "date",
  "time",
  "c-ip",
  "cs-method",
  "x-host-header",
  "cs-uri-stem",
  "sc-status",
  "cs(User-Agent)",
  // The request ID on the gateway's pages.
  "x-edge-request-id",
  "x-edge-result-type",
  "x-edge-detailed-result-type",
  "x-edge-location",
  "time-taken",
  "sc-bytes",
  "cs-protocol",
  "ssl-protocol",
  // What the gate decided and why: its cf.logCustomData.
  "viewer-request-log-data",
];

/**
 * CloudFront's standard logging (v2) to a log group with retention, as JSON.
 *
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
 */
export class AccessLogs extends Construct {
  constructor(scope: Construct, id: string, props: { config: Config; distributionArn: string }) {
    super(scope, id);
    const name = `${props.config.name}-access`;
    const group = new CloudwatchLogGroup(this, "Resource", {
      // AWS grants itself access to groups with this prefix; any other group adds to a resource policy of limited
      // length (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html).
      name: `/aws/vendedlogs/cloudfront/${props.config.name}`,
      retentionInDays: props.config.logRetentionDays,
    });
    const source = new CloudwatchLogDeliverySource(this, "source", {
      name,
      logType: "ACCESS_LOGS",
      resourceArn: props.distributionArn,
    });
    const destination = new CloudwatchLogDeliveryDestination(this, "destination", {
      name,
      outputFormat: "json",
      deliveryDestinationConfiguration: [{ destinationResourceArn: group.arn }],
    });
    new CloudwatchLogDelivery(this, "delivery", {
      deliverySourceName: source.name,
      deliveryDestinationArn: destination.arn,
      recordFields: FIELDS,
    });
  }
}
