/** The dashboard shows metrics that there are, of things that the stack makes, in widgets that do not overlap. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig, parseConfig } from "../../config/load";
import type { Config } from "../../config/schema";
import { REPLICA_REGIONS } from "../../cloudfront/replica-regions";
import { synthesize } from "../../stacks/synthesize";
import { EVERYTHING } from "../support/configs";
import { SMALL } from "../support/small-config";
import { emptyArtifacts } from "../support/empty-artifacts";

type Resources = Record<string, Record<string, Record<string, unknown>>>;
interface Widget {
  type: string;
  x: number;
  y: number;
  width: number;
  height: number;
  properties: { title: string; metrics: (string | { region?: string })[][]; alarms: string[] };
}

const folder = mkdtempSync(join(tmpdir(), "edgegate-dashboard-"));
afterAll(() => rmSync(folder, { recursive: true }));

function resources(config: Config): Resources {
  const artifacts = emptyArtifacts(folder);
  const { stackDir } = synthesize(config, { outdir: mkdtempSync(join(folder, "out-")), artifacts });
  return (JSON.parse(readFileSync(join(stackDir, "cdk.tf.json"), "utf8")) as { resource: Resources }).resource;
}

function widgetsOf(all: Resources): Widget[] {
  const [dashboard] = Object.values(all["aws_cloudwatch_dashboard"]!);
  return (JSON.parse(dashboard!["dashboard_body"] as string) as { widgets: Widget[] }).widgets;
}

describe.each<[string, Config]>([
  ["example", loadConfig("config/example.ts")],
  ["everything", parseConfig(EVERYTHING)],
])("of the %s config", (_, config) => {
  const all = resources(config);
  const widgets = widgetsOf(all);
  const values = (type: string, attribute: string) => Object.values(all[type] ?? {}).map((one) => one[attribute]);

  test("every widget has a place of its own", () => {
    const taken = new Set<string>();
    for (const { x, y, width, height, properties } of widgets) {
      expect([properties.title, x + width <= 24]).toEqual([properties.title, true]);
      for (let column = x; column < x + width; column++)
        for (let line = y; line < y + height; line++) {
          expect(taken).not.toContain(`${column},${line}`);
          taken.add(`${column},${line}`);
        }
    }
  });

  test("every metric is one that something of this stack has", () => {
    const functions = values("aws_lambda_function", "function_name");
    const known: Record<string, (dimensions: string[], name: string) => void> = {
      [`edgegate/${config.name}`]: (_dimensions, name) =>
        expect(values("aws_cloudwatch_log_metric_filter", "name")).toContain(`${config.name}-${name}`),
      "AWS/CloudFront": ([dimension, value, region, where]) => {
        expect([region, where]).toEqual(["Region", "Global"]);
        if (dimension === "FunctionName") expect(values("aws_cloudfront_function", "name")).toContain(value);
        else expect([dimension, value]).toEqual(["DistributionId", "${aws_cloudfront_distribution.gateway.id}"]);
      },
      "AWS/Lambda": ([dimension, value]) => {
        expect(dimension).toBe("FunctionName");
        expect(functions).toContain(value!.replace("us-east-1.", ""));
      },
      "AWS/SQS": ([dimension, value]) => {
        expect(dimension).toBe("QueueName");
        expect(values("aws_sqs_queue", "name")).toContain(value);
      },
      "AWS/WAFV2": ([dimension, value, rule, every]) => {
        expect([dimension, rule, every]).toEqual(["WebACL", "Rule", "ALL"]);
        const visibility = values("aws_wafv2_web_acl", "visibility_config") as { metric_name: string }[];
        expect(visibility.map(({ metric_name }) => metric_name)).toContain(value);
      },
    };
    for (const { properties } of widgets.filter(({ type }) => type === "metric"))
      for (const metric of properties.metrics) {
        const [namespace, name, ...dimensions] = metric.slice(0, -1) as [string, string, ...string[]];
        known[namespace]!(dimensions, name);
      }
  });

  test("the handler's metrics are looked for where its replicas run", () => {
    const { properties } = widgets.find((widget) => widget.properties.title.includes("percentile"))!;
    expect(properties.metrics.map((metric) => (metric.at(-1) as { region: string }).region)).toEqual([
      ...REPLICA_REGIONS,
    ]);
  });

  test("every alarm of the stack is on it", () => {
    const [{ properties }] = widgets.filter(({ type }) => type === "alarm") as [Widget];
    const arns = Object.keys(all["aws_cloudwatch_metric_alarm"]!).map(
      (id) => `\${aws_cloudwatch_metric_alarm.${id}.arn}`,
    );
    expect([...properties.alarms].sort()).toEqual(arns.sort());
  });
});

test("without it, nothing is counted for it alone", () => {
  const all = resources(parseConfig({ ...SMALL, dashboard: false }));
  expect(all["aws_cloudwatch_dashboard"]).toBeUndefined();
  expect(Object.keys(all["aws_cloudwatch_log_metric_filter"]!).filter((id) => id.includes("requests-"))).toEqual([]);
});

test("without a web ACL of its own, nothing is asked of one", () => {
  const all = resources(parseConfig({ ...SMALL, waf: false }));
  expect(widgetsOf(all).map(({ properties }) => properties.title)).not.toContain("Web ACL");
  expect(values(all, "aws_cloudwatch_query_definition")).not.toContain("edgegate/wiki/web ACL blocks");
});

function values(all: Resources, type: string): unknown[] {
  return Object.values(all[type] ?? {}).map(({ name }) => name);
}
