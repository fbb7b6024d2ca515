/** A review as SARIF: what GitHub's code scanning reads of it. */
import { readPlan } from "../../review/plan/read-plan";
import { reviewSarif } from "../../review/render/sarif";
import { reviewOf } from "../../review/review";
import { RULES } from "../../review/rules/index";
import { change, planJson } from "./plans";

interface Log {
  version: string;
  runs: [
    {
      tool: { driver: { name: string; version: string; rules: { id: string }[] } };
      results: {
        ruleId: string;
        ruleIndex: number;
        level: string;
        message: { text: string };
        locations: [
          {
            physicalLocation: { artifactLocation: { uri: string }; region: { startLine: number } };
            logicalLocations: [{ fullyQualifiedName: string }];
          },
        ];
        partialFingerprints: Record<string, string>;
        properties: { "security-severity": string };
      }[];
    },
  ];
}

const DISABLED = change("aws_cloudfront_distribution.d", { enabled: true }, { enabled: false });
const SILENT = change("aws_cloudwatch_metric_alarm.a", { alarm_name: "late" }, null);

describe("SARIF", () => {
  test("has a result for each flag, with the rule, the severity and the address", () => {
    const log = sarif([DISABLED, SILENT]);
    expect(log.version).toBe("2.1.0");
    const [{ tool, results }] = log.runs;
    expect(tool.driver).toMatchObject({ name: "edgegate review", version: "1.2.3" });
    expect(tool.driver.rules.map(({ id }) => id)).toEqual(RULES.map(({ id }) => id));
    expect(results).toMatchObject([
      {
        ruleId: "takes-site-down",
        level: "error",
        message: { text: "The distribution is disabled." },
        locations: [{ logicalLocations: [{ fullyQualifiedName: "aws_cloudfront_distribution.d" }] }],
      },
      { ruleId: "silences-alarms", level: "warning", message: { text: 'The alarm "late" is deleted.' } },
    ]);
    for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex]!.id).toBe(ruleId);
  });

  test("tells nothing of the machine, and recognizes a flag again", () => {
    const [first, again] = [sarif([DISABLED], "/home/alice/work/plan 1.json"), sarif([SILENT, DISABLED])];
    expect(first.runs[0].results[0]!.locations[0].physicalLocation.artifactLocation.uri).toBe("plan%201.json");
    expect(JSON.stringify(first)).not.toContain("alice");
    const print = (log: Log) =>
      log.runs[0].results.find(({ ruleId }) => ruleId === "takes-site-down")!.partialFingerprints;
    expect(print(again)).toEqual(print(first));
  });

  test("has no result for a plan that changes nothing", () => {
    expect(sarif([]).runs[0].results).toEqual([]);
  });
});

function sarif(changes: Parameters<typeof planJson>[0], file = "plan.json"): Log {
  return reviewSarif(reviewOf(readPlan(planJson(changes))), file, "1.2.3") as Log;
}
