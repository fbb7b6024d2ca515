import { CloudwatchLogDelivery } from "@cdktf/provider-aws/lib/cloudwatch-log-delivery";
import { CloudwatchLogDeliveryDestination } from "@cdktf/provider-aws/lib/cloudwatch-log-delivery-destination";
import { CloudwatchLogDeliverySource } from "@cdktf/provider-aws/lib/cloudwatch-log-delivery-source";
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { DataResource, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Config } from "../config/schema";
import { logStorage } from "./log-storage";
import { accessLogGroupName } from "./names";

/**
 * The log fields, without any that may hold a secret: queries carry authorization codes, cookies are sessions, and a
 * referrer can be a URL with a code. All fields:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html, and those of
 * real-time logs that standard logging (v2) also has:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
 */
export const ACCESS_LOG_FIELDS = [
  "date",
  "time",
  "c-ip",
  "c-country",
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
  // The gate's decision and its reason (cf.logCustomData).
  "viewer-request-log-data",
] as const;

/**
 * CloudFront's standard logging (v2) as JSON, to a log group with retention or to the config's bucket.
 *
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
 */
export class AccessLogs extends Construct {
  readonly delivery: ITerraformDependable;
  /** Absent if the logs go to the config's bucket. */
  readonly groupName: string | undefined;

  constructor(scope: Construct, id: string, props: { config: Config; distributionArn: string }) {
    super(scope, id);
    const { config } = props;
    const name = `${config.name}-access`;
    const group = config.accessLogBucketArn === undefined ? this.#logGroup(config) : undefined;
    this.groupName = group?.name;
    const target = config.accessLogBucketArn ?? group!.arn;
    const source = new CloudwatchLogDeliverySource(this, "source", {
      name,
      logType: "ACCESS_LOGS",
      resourceArn: props.distributionArn,
    });
    // The provider can change neither a destination that has tags nor the fields of a delivery, up to 5.100 and beyond
    // (https://github.com/hashicorp/terraform-provider-aws/issues/43572 and /46108), so both are replaced.
    const settings = new DataResource(this, "settings", { input: { target, fields: [...ACCESS_LOG_FIELDS] } });
    const lifecycle = { replaceTriggeredBy: [`${settings.terraformResourceType}.${settings.friendlyUniqueId}`] };
    const destination = new CloudwatchLogDeliveryDestination(this, "destination", {
      name,
      outputFormat: "json",
      deliveryDestinationConfiguration: [{ destinationResourceArn: target }],
      lifecycle,
    });
    this.delivery = new CloudwatchLogDelivery(this, "delivery", {
      deliverySourceName: source.name,
      deliveryDestinationArn: destination.arn,
      recordFields: [...ACCESS_LOG_FIELDS],
      lifecycle,
    });
  }

  #logGroup(config: Config): CloudwatchLogGroup {
    return new CloudwatchLogGroup(this, "Resource", {
      name: accessLogGroupName(config),
      ...logStorage(config),
    });
  }
}
