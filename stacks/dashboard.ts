import { CloudwatchDashboard } from "@cdktf/provider-aws/lib/cloudwatch-dashboard";
import { Construct } from "constructs";
import { REPLICA_REGIONS } from "../cloudfront/replica-regions";
import type { Config } from "../config/schema";
import { lineMetric, type LineMetric } from "./log-metrics";
import { authFunctionName, gateFunctionName, revocationQueueName, signOutQueueName } from "./names";

export interface DashboardProps {
  config: Config;
  /** Undefined if it is not known. */
  distributionId: string | undefined;
  alarmArns: readonly string[];
  /** False if the access log goes to a bucket, where its lines are not counted. */
  hasAccessLog: boolean;
  hasWebAcl: boolean;
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
type Metric = readonly (string | Record<string, string | number>)[];

interface Graph {
  title: string;
  metrics: readonly Metric[];
  statistic?: "Sum" | "Average" | "Maximum" | "p90";
  /** The label of the vertical axis. */
  unit: string;
  isStacked?: boolean;
}

const REGION = "us-east-1";
const PERIOD = 300;
/** Width in columns, of 24. */
const WIDTH = 8;
const HEIGHT = 6;
const ALARMS_HEIGHT = 3;
const GREEN = "#2ca02c";
const BLUE = "#1f77b4";
const ORANGE = "#ff7f0e";
const RED = "#d62728";

/** Only metrics, which cost nothing to look at: a widget with a query scans the log each time that it refreshes. */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    const { config, alarmArns } = props;
    const alarms = {
      type: "alarm",
      ...{ x: 0, y: 0, width: 24, height: ALARMS_HEIGHT },
      properties: { title: "Alarms", alarms: alarmArns },
    };
    const graphs = graphsOf(props).map((graph, place) => ({
      type: "metric",
      x: (place * WIDTH) % 24,
      y: ALARMS_HEIGHT + HEIGHT * Math.floor(place / 3),
      width: WIDTH,
      height: HEIGHT,
      properties: propertiesOf(graph),
    }));
    new CloudwatchDashboard(this, "Resource", {
      dashboardName: config.name,
      dashboardBody: JSON.stringify({ widgets: [alarms, ...graphs] }),
    });
  }
}

function propertiesOf({ title, metrics, statistic = "Sum", unit, isStacked = false }: Graph): object {
  return {
    title,
    region: REGION,
    view: "timeSeries",
    stacked: isStacked,
    stat: statistic,
    period: PERIOD,
    yAxis: { left: { min: 0, label: unit, showUnits: false } },
    metrics,
  };
}

function graphsOf({ config, distributionId, hasAccessLog, hasWebAcl }: DashboardProps): Graph[] {
  const auth = authFunctionName(config);
  const lines = (name: LineMetric, label: string, color: string): Metric => {
    const { namespace, metricName } = lineMetric(config, name);
    return [namespace, metricName, { label, color }];
  };
  const gate = (name: string, label: string, color: string): Metric => [
    ...["AWS/CloudFront", name, "FunctionName", gateFunctionName(config), "Region", "Global"],
    { label, color },
  ];
  // A replica's metrics are in the region where it runs, under the name that it has there
  // (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/viewing-cloudwatch-metrics.html).
  const replicas = (name: string): Metric[] =>
    REPLICA_REGIONS.map((region) => [
      "AWS/Lambda",
      name,
      "FunctionName",
      `${REGION}.${auth}`,
      { region, label: region },
    ]);
  const wait = (queue: string, label: string, color: string): Metric => [
    ...["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", queue],
    { label, color },
  ];
  return [
    ...(hasAccessLog
      ? [
          {
            title: "Requests by decision",
            isStacked: true,
            unit: "requests",
            metrics: [
              lines("requests-allowed", "allowed", GREEN),
              lines("requests-login", "asked to sign in", BLUE),
              lines("requests-denied", "denied", RED),
            ],
          },
          {
            title: "Sign-ins",
            unit: "sign-ins",
            metrics: [lines("sign-ins-finished", "finished", GREEN), lines("sign-ins-failed", "failed", RED)],
          },
          {
            title: "Refused because something failed",
            unit: "requests",
            metrics: [
              lines("sign-in-errors", "5xx of the gateway's own paths", RED),
              lines("store-errors", "deny store", ORANGE),
              lines("wrong-signatures", "login mac", BLUE),
            ],
          },
        ]
      : []),
    ...(distributionId === undefined ? [] : distributionGraphs(distributionId)),
    { title: "Auth handler, 90th percentile", statistic: "p90", unit: "ms", metrics: replicas("Duration") },
    { title: "Auth handler, errors", unit: "runs", metrics: replicas("Errors") },
    { title: "Auth handler, throttles", unit: "runs", metrics: replicas("Throttles") },
    {
      title: "Gate, share of its time limit",
      statistic: "Maximum",
      unit: "%",
      metrics: [gate("FunctionComputeUtilization", "compute utilization", BLUE)],
    },
    {
      title: "Gate, failures",
      unit: "runs",
      metrics: [
        gate("FunctionExecutionErrors", "execution errors", RED),
        gate("FunctionValidationErrors", "validation errors", ORANGE),
        gate("FunctionThrottles", "throttles", BLUE),
      ],
    },
    {
      title: "Revocations that wait",
      statistic: "Maximum",
      unit: "s",
      metrics: [
        wait(revocationQueueName(config), "revocations", RED),
        wait(signOutQueueName(config), "sign-outs, 90 s by design", BLUE),
      ],
    },
    ...(hasWebAcl
      ? [
          {
            title: "Web ACL",
            unit: "requests",
            // https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html
            metrics: (
              [
                ["BlockedRequests", "blocked", RED],
                ["CountedRequests", "counted", ORANGE],
              ] as const
            ).map(([name, label, color]): Metric => [
              ...["AWS/WAFV2", name, "WebACL", `${config.name}-gateway`, "Rule", "ALL"],
              { label, color },
            ]),
          },
        ]
      : []),
  ];
}

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html */
function distributionGraphs(distributionId: string): Graph[] {
  const metric = (name: string, label: string, color: string): Metric => [
    ...["AWS/CloudFront", name, "DistributionId", distributionId, "Region", "Global"],
    { label, color },
  ];
  return [
    { title: "Requests", unit: "requests", metrics: [metric("Requests", "all", BLUE)] },
    {
      title: "Error rates",
      statistic: "Average",
      unit: "% of answers",
      metrics: [metric("4xxErrorRate", "4xx", ORANGE), metric("5xxErrorRate", "5xx", RED)],
    },
  ];
}
