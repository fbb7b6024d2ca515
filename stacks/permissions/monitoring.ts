/** Permissions for logs, metrics, alarms and the dashboard. */
import { storeAccessName } from "../names";
import { TAGS, distributions, deliveries, everything, type NeedsByType } from "./needs";

export const MONITORING_NEEDS: NeedsByType = {
  aws_cloudtrail: {
    "cloudtrail:CreateTrail UpdateTrail DeleteTrail GetTrailStatus StartLogging StopLogging PutEventSelectors GetEventSelectors AddTags RemoveTags ListTags":
      ({ arn, config }) => [arn("cloudtrail", `trail/${storeAccessName(config)}`)],
    "cloudtrail:DescribeTrails": everything,
  },
  aws_cloudwatch_dashboard: {
    "cloudwatch:PutDashboard GetDashboard DeleteDashboards": ({ global, config }) => [
      global("cloudwatch", `dashboard/${config.name}`),
    ],
  },
  aws_cloudwatch_log_delivery: { [`logs:CreateDelivery GetDelivery DeleteDelivery ${TAGS}`]: deliveries },
  aws_cloudwatch_log_delivery_destination: {
    [`logs:PutDeliveryDestination GetDeliveryDestination DeleteDeliveryDestination ${TAGS}`]: deliveries,
    // CloudWatch writes itself into the policy of the log group or bucket
    // (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html).
    "logs:PutResourcePolicy DescribeResourcePolicies": everything,
    "s3:GetBucketPolicy PutBucketPolicy": ({ config }) =>
      config.accessLogBucketArn === undefined ? [] : [config.accessLogBucketArn],
  },
  aws_cloudwatch_log_delivery_source: {
    [`logs:PutDeliverySource GetDeliverySource DeleteDeliverySource ${TAGS}`]: deliveries,
    "cloudfront:AllowVendedLogDeliveryForResource": distributions,
  },
  aws_cloudwatch_log_group: {
    [`logs:CreateLogGroup DeleteLogGroup PutRetentionPolicy AssociateKmsKey DisassociateKmsKey ${TAGS}`]: ({
      arn,
      config: { name },
    }) =>
      [
        `/aws/vendedlogs/cloudfront/${name}`,
        `/aws/lambda/${name}-*`,
        `/aws/lambda/us-east-1.${name}-*`,
        `aws-waf-logs-${name}`,
        `/aws/cloudtrail/${name}-*`,
      ].map((group) => arn("logs", `log-group:${group}*`)),
    "logs:DescribeLogGroups": everything,
  },
  aws_cloudwatch_log_metric_filter: {
    "logs:PutMetricFilter DescribeMetricFilters DeleteMetricFilter": ({ arn, config }) =>
      [
        `/aws/vendedlogs/cloudfront/${config.name}`,
        `/aws/lambda/${config.name}-*`,
        `/aws/cloudtrail/${config.name}-*`,
      ].map((group) => arn("logs", `log-group:${group}*`)),
  },
  aws_cloudwatch_metric_alarm: {
    [`cloudwatch:PutMetricAlarm DescribeAlarms DeleteAlarms ${TAGS}`]: ({ arn, config }) => [
      arn("cloudwatch", `alarm:${config.name}-*`),
    ],
  },
  // AWS gives the queries no resource
  // (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html).
  aws_cloudwatch_query_definition: {
    "logs:PutQueryDefinition DescribeQueryDefinitions DeleteQueryDefinition": everything,
  },
};
