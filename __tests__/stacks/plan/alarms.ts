/** What the real provider makes of the alarms. */
import { EVERYTHING } from "../../support/configs";
import type { Planned, Values } from "./planned";

/** Alarms about lines of the access log, by the names of their metrics. */
export const LOG_ALARMS = ["sign-in-errors", "store-errors", "wrong-signatures"];
/** What the dashboard shows beside them. */
export const SHOWN = ["requests-allowed", "requests-denied", "requests-login"];

export function planOfAlarms({ all, synthesized }: Planned): void {
  describe("alarms", () => {
    /** Those about one metric. */
    const simple = () =>
      all("example", "aws_cloudwatch_metric_alarm").filter(
        ({ values }) => values["alarm_name"] !== "handbook-sign-ins-failing",
      );
    // A distribution's id is known after the apply, and so are dimensions that have it.
    const subject = ({ dimensions, metric_name: metric }: Values) =>
      LOG_ALARMS.includes(metric as string)
        ? "lines of the access log"
        : metric === "rotation-overdue"
          ? "lines of the revoker's log"
          : Object.values((dimensions as object | undefined) ?? { DistributionId: "known after apply" })[0];

    test("when revocations are given up, lost or late, when a function fails, and when viewers get server errors", () => {
      const alarms = simple().map(({ values }) => [
        values["alarm_name"],
        values["metric_name"],
        values["statistic"],
        subject(values),
        values["threshold"],
      ]);
      expect(alarms.sort()).toEqual([
        ["handbook-key-rotator-errors", "Errors", "Sum", "handbook-key-rotator", 0],
        ["handbook-revocations-dead", "ApproximateNumberOfMessagesVisible", "Maximum", "handbook-revocations-dead", 0],
        ["handbook-revocations-errors", "Errors", "Sum", "handbook-revocations", 0],
        [
          "handbook-revocations-failed",
          "ApproximateNumberOfMessagesVisible",
          "Maximum",
          "handbook-revocations-failed",
          0,
        ],
        ["handbook-revocations-late", "ApproximateAgeOfOldestMessage", "Maximum", "handbook-revocations", 300],
        ["handbook-revoker-errors", "Errors", "Sum", "handbook-revoker", 0],
        ["handbook-rotation-overdue", "rotation-overdue", "Sum", "lines of the revoker's log", 0],
        ["handbook-server-errors", "5xxErrorRate", "Average", "known after apply", 5],
        ["handbook-sign-in-errors", "sign-in-errors", "Sum", "lines of the access log", 5],
        ["handbook-sign-outs-late", "ApproximateAgeOfOldestMessage", "Maximum", "handbook-sign-outs", 600],
        ["handbook-store-errors", "store-errors", "Sum", "lines of the access log", 10],
        ["handbook-wrong-signatures", "wrong-signatures", "Sum", "lines of the access log", 100],
      ]);
      for (const { values } of simple()) {
        expect(values).toMatchObject({
          comparison_operator: "GreaterThanThreshold",
          treat_missing_data: "notBreaching",
          period: values["metric_name"] === "rotation-overdue" ? 86_400 : 300,
          evaluation_periods: ["5xxErrorRate", "sign-in-errors"].includes(values["metric_name"] as string) ? 2 : 1,
        });
      }
    });

    test("of things that exist", () => {
      const things = [
        "lines of the access log",
        "lines of the revoker's log",
        ...all("example", "aws_sqs_queue").map(({ values }) => values["name"]),
        ...all("example", "aws_lambda_function").map(({ values }) => values["function_name"]),
      ];
      const { "alarm_server-errors": ofDistribution } = synthesized("example", "aws_cloudwatch_metric_alarm");
      expect(ofDistribution!["dimensions"]).toEqual({
        DistributionId: "${aws_cloudfront_distribution.gateway.id}",
        Region: "Global",
      });
      for (const { values } of simple()) {
        if (values["metric_name"] !== ofDistribution!["metric_name"]) expect(things).toContain(subject(values));
      }
    });

    test("when more than half of at least ten sign-ins fail", () => {
      const found = all("example", "aws_cloudwatch_metric_alarm").filter(
        ({ values }) => !simple().some((one) => one.values === values),
      );
      expect(found.map(({ values }) => values)).toEqual([
        expect.objectContaining({
          comparison_operator: "GreaterThanThreshold",
          threshold: 50,
          evaluation_periods: 2,
          treat_missing_data: "notBreaching",
        }),
      ]);
      const queries = found[0]!.values["metric_query"] as { id: string; expression: string | null; metric: Values[] }[];
      expect(queries.find(({ id }) => id === "percent")!.expression).toBe(
        "IF((FILL(failed, 0) + FILL(finished, 0)) >= 10, 100 * FILL(failed, 0) / (FILL(failed, 0) + FILL(finished, 0)), 0)",
      );
      expect(
        queries.flatMap(({ id, metric }) => metric.map((one) => [id, one["metric_name"], one["period"]])).sort(),
      ).toEqual([
        ["failed", "sign-ins-failed", 900],
        ["finished", "sign-ins-finished", 900],
      ]);
    });

    test("count lines of logs that there are, each for one alarm or for the dashboard", () => {
      const filters = all("example", "aws_cloudwatch_log_metric_filter").map(({ values }) => values);
      const groups = all("example", "aws_cloudwatch_log_group").map(({ values }) => values["name"]);
      const read = all("example", "aws_cloudwatch_metric_alarm").flatMap(({ values }) => [
        values,
        ...((values["metric_query"] as { metric: Values[] }[] | undefined) ?? []).flatMap(({ metric }) => metric),
      ]);
      for (const { name: filter, metric_transformation: transformation, log_group_name: group } of filters) {
        const [{ name, namespace, value }] = transformation as [Values];
        expect([filter, value]).toEqual([`handbook-${name as string}`, "1"]);
        expect(groups).toContain(group);
        expect(read.filter((one) => one["namespace"] === namespace && one["metric_name"] === name)).toHaveLength(
          SHOWN.includes(name as string) ? 0 : 1,
        );
      }
    });

    test("of the archive: when a run fails, and when there is none for three hours", () => {
      const found = all("everything", "aws_cloudwatch_metric_alarm").filter(
        ({ values }) => (values["dimensions"] as Values | undefined)?.["FunctionName"] === "everything-archiver",
      );
      const common = { namespace: "AWS/Lambda", statistic: "Sum", period: 3_600 };
      expect(found.map(({ values }) => values)).toMatchObject([
        {
          ...common,
          alarm_name: "everything-archive-overdue",
          metric_name: "Invocations",
          comparison_operator: "LessThanThreshold",
          threshold: 1,
          evaluation_periods: 3,
          // A function that nobody calls has no metric.
          treat_missing_data: "breaching",
        },
        {
          ...common,
          alarm_name: "everything-archiver-errors",
          metric_name: "Errors",
          comparison_operator: "GreaterThanThreshold",
          threshold: 0,
          evaluation_periods: 1,
          treat_missing_data: "notBreaching",
        },
      ]);
      const schedule = all("everything", "aws_cloudwatch_event_rule").find(({ name }) => name === "audit_schedule")!;
      expect(schedule.values["schedule_expression"]).toBe("cron(20 * * * ? *)");
    });

    test("tell the config's topic, or nobody", () => {
      for (const { values } of all("everything", "aws_cloudwatch_metric_alarm")) {
        expect([values["alarm_actions"], values["ok_actions"]]).toEqual([
          [EVERYTHING.alarmTopicArn],
          [EVERYTHING.alarmTopicArn],
        ]);
      }
      for (const { values } of all("example", "aws_cloudwatch_metric_alarm"))
        expect([values["alarm_actions"] ?? [], values["ok_actions"] ?? []]).toEqual([[], []]);
    });
  });
}
