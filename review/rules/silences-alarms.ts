/** Alarms, and the metrics of log lines that they read. */
import { isSame, strings } from "../plan/values";
import { say } from "../sentence";
import { aboutChanges, isRemoved, low, medium } from "../rule";

/** CloudWatch's arguments that determine when an alarm fires. */
const CONDITIONS = [
  "threshold",
  "evaluation_periods",
  "datapoints_to_alarm",
  "period",
  "comparison_operator",
  "treat_missing_data",
  "statistic",
  "metric_name",
  "namespace",
];

export const silencesAlarms = aboutChanges({
  id: "silences-alarms",
  title: "Deletes or silences an alarm",
  help: "docs/operations.md says what each alarm is for. Somebody must learn of it in another way.",
  types: ["aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm", "aws_cloudwatch_log_metric_filter"],
  examine: (change) => {
    const { type, before, after } = change;
    if (change.action === "delete")
      return [
        type === "aws_cloudwatch_log_metric_filter"
          ? medium(say`Log lines are no longer counted for the metric filter ${String(before!["name"])}.`)
          : medium(say`The alarm ${String(before!["alarm_name"])} is deleted.`),
      ];
    if (isRemoved(change) || before === undefined || after === undefined) return [];
    if (type === "aws_cloudwatch_log_metric_filter")
      return [
        before["pattern"] !== after["pattern"] && low(say`Other log lines are counted for ${String(after["name"])}.`),
      ];
    const name = String(after["alarm_name"]);
    const gone = strings(before["alarm_actions"]).filter((action) => !strings(after["alarm_actions"]).includes(action));
    const changed = CONDITIONS.filter((condition) => !isSame(before[condition], after[condition]));
    return [
      before["actions_enabled"] === true &&
        after["actions_enabled"] === false &&
        medium(say`The alarm ${name} tells nobody any more.`),
      gone.length > 0 && medium(say`The alarm ${name} no longer tells ${gone.join(", ")}.`),
      changed.length > 0 && low(say`The alarm ${name} fires under another condition (${changed.join(", ")}).`),
    ];
  },
});
