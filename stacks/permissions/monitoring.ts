/** Permissions for logs, metrics, alarms and the dashboard. */
import { storeAccessName } from "../names";
import { TAGS, distributions, deliveries, everything, type NeedsByType } from "./needs";

export const MONITORING_NEEDS: NeedsByType = {
  aws_cloudtrail: [
    [
      "cloudtrail",
      {
        actions:
          "CreateTrail UpdateTrail DeleteTrail GetTrailStatus StartLogging StopLogging PutEventSelectors GetEventSelectors AddTags RemoveTags ListTags",
        on: ({ arn, config }) => [arn("cloudtrail", `trail/${storeAccessName(config)}`)],
      },
    ],
    ["cloudtrail", { actions: "DescribeTrails", on: everything }],
  ],
  aws_cloudwatch_dashboard: [
    [
      "cloudwatch",
      {
        actions: "PutDashboard GetDashboard DeleteDashboards",
        on: ({ global, config }) => [global("cloudwatch", `dashboard/${config.name}`)],
      },
    ],
  ],
  aws_cloudwatch_log_delivery: [
    ["logs", { actions: `CreateDelivery GetDelivery DeleteDelivery ${TAGS}`, on: deliveries }],
  ],
  aws_cloudwatch_log_delivery_destination: [
    [
      "logs",
      { actions: `PutDeliveryDestination GetDeliveryDestination DeleteDeliveryDestination ${TAGS}`, on: deliveries },
    ],
    // CloudWatch writes itself into the policy of the log group or bucket
    // (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html).
    ["logs", { actions: "PutResourcePolicy DescribeResourcePolicies", on: everything }],
    [
      "s3",
      {
        actions: "GetBucketPolicy PutBucketPolicy",
        on: ({ config }) => (config.accessLogBucketArn === undefined ? [] : [config.accessLogBucketArn]),
      },
    ],
  ],
  aws_cloudwatch_log_delivery_source: [
    ["logs", { actions: `PutDeliverySource GetDeliverySource DeleteDeliverySource ${TAGS}`, on: deliveries }],
    ["cloudfront", { actions: "AllowVendedLogDeliveryForResource", on: distributions }],
  ],
  aws_cloudwatch_log_group: [
    [
      "logs",
      {
        actions: `CreateLogGroup DeleteLogGroup PutRetentionPolicy AssociateKmsKey DisassociateKmsKey ${TAGS}`,
        on: ({ arn, config: { name } }) =>
          [
            `/aws/vendedlogs/cloudfront/${name}`,
            `/aws/lambda/${name}-*`,
            `/aws/lambda/us-east-1.${name}-*`,
            `aws-waf-logs-${name}`,
            `/aws/cloudtrail/${name}-*`,
          ].map((group) => arn("logs", `log-group:${group}*`)),
      },
    ],
    ["logs", { actions: "DescribeLogGroups", on: everything }],
  ],
  aws_cloudwatch_log_metric_filter: [
    [
      "logs",
      {
        actions: "PutMetricFilter DescribeMetricFilters DeleteMetricFilter",
        on: ({ arn, config }) =>
          [
            `/aws/vendedlogs/cloudfront/${config.name}`,
            `/aws/lambda/${config.name}-*`,
            `/aws/cloudtrail/${config.name}-*`,
          ].map((group) => arn("logs", `log-group:${group}*`)),
      },
    ],
  ],
  aws_cloudwatch_metric_alarm: [
    [
      "cloudwatch",
      {
        actions: `PutMetricAlarm DescribeAlarms DeleteAlarms ${TAGS}`,
        on: ({ arn, config }) => [arn("cloudwatch", `alarm:${config.name}-*`)],
      },
    ],
  ],
  // AWS gives the queries no resource
  // (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html).
  aws_cloudwatch_query_definition: [
    ["logs", { actions: "PutQueryDefinition DescribeQueryDefinitions DeleteQueryDefinition", on: everything }],
  ],
};
