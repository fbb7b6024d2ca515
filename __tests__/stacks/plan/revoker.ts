/** What the real provider makes of ledger, queues, topic and the functions that carry out revocations. */
import { LEDGER_TABLES, TTL_ATTRIBUTE } from "../../../ledger/tables";
import { LOG_ALARMS, SHOWN } from "./alarms";
import type { Name, Planned, Values } from "./planned";

const ACCESS_LOG_METRICS = [...LOG_ALARMS, ...SHOWN, "sign-ins-failed", "sign-ins-finished"].sort();

export function planOfRevoker({ all, plan }: Planned): void {
  describe("of the revoker", () => {
    const one = (name: Name, address: string): Values =>
      plan(name).resources.find((resource) => resource.address === address)!.values;

    test.each(["example", "everything"] as const)("has all that belongs to it in the %s config", (name) => {
      expect(
        plan(name)
          .resources.map(({ address }) => address)
          .filter((address) => /\.(revoker|ledger|alarm)/.test(address))
          .sort(),
      ).toEqual([
        "aws_cloudwatch_event_rule.revoker_sweep",
        "aws_cloudwatch_event_rule.revoker_tidy",
        "aws_cloudwatch_event_target.revoker_sweep_target",
        "aws_cloudwatch_event_target.revoker_tidy_target",
        "aws_cloudwatch_log_group.revoker_consumer_logs",
        "aws_cloudwatch_log_group.revoker_logs",
        // The config with everything sends its access log to a bucket.
        ...[...(name === "example" ? ACCESS_LOG_METRICS : ["store-accessed"]), "rotation-overdue"]
          .sort()
          .map((metric) => `aws_cloudwatch_log_metric_filter.alarm_${metric}-lines`),
        ...(name === "example"
          ? []
          : ["aws_cloudwatch_metric_alarm.alarm_archive-overdue", "aws_cloudwatch_metric_alarm.alarm_archiver-errors"]),
        "aws_cloudwatch_metric_alarm.alarm_key-rotator-errors",
        "aws_cloudwatch_metric_alarm.alarm_revocations-dead",
        "aws_cloudwatch_metric_alarm.alarm_revocations-errors",
        "aws_cloudwatch_metric_alarm.alarm_revocations-failed",
        "aws_cloudwatch_metric_alarm.alarm_revocations-late",
        "aws_cloudwatch_metric_alarm.alarm_revoker-errors",
        "aws_cloudwatch_metric_alarm.alarm_rotation-overdue",
        "aws_cloudwatch_metric_alarm.alarm_server-errors",
        ...(name === "example"
          ? ["aws_cloudwatch_metric_alarm.alarm_sign-in-errors", "aws_cloudwatch_metric_alarm.alarm_sign-ins-failing"]
          : []),
        "aws_cloudwatch_metric_alarm.alarm_sign-outs-late",
        ...(name === "example"
          ? ["aws_cloudwatch_metric_alarm.alarm_store-errors", "aws_cloudwatch_metric_alarm.alarm_wrong-signatures"]
          : ["aws_cloudwatch_metric_alarm.alarm_store-accessed"]),
        "aws_dynamodb_table.ledger_revocations",
        "aws_dynamodb_table.ledger_sessions",
        "aws_iam_role.revoker_consumer_role",
        "aws_iam_role.revoker_role",
        "aws_iam_role_policy.revoker_consumer_permissions",
        "aws_iam_role_policy.revoker_permissions",
        "aws_lambda_event_source_mapping.revoker_queue_revocations_delivery",
        "aws_lambda_event_source_mapping.revoker_queue_sign_outs_delivery",
        "aws_lambda_function.revoker",
        "aws_lambda_function.revoker_consumer",
        "aws_lambda_permission.revoker_sweep_invocation",
        "aws_lambda_permission.revoker_tidy_invocation",
        "aws_sns_topic.revoker_topic",
        "aws_sns_topic_policy.revoker_topic_policy",
        "aws_sns_topic_subscription.revoker_topic_delivery",
        "aws_sqs_queue.revoker_queue_dead",
        "aws_sqs_queue.revoker_queue_revocations",
        "aws_sqs_queue.revoker_queue_sign_outs",
        "aws_sqs_queue.revoker_topic_failed",
        "aws_sqs_queue_policy.revoker_queue_dead_policy",
        "aws_sqs_queue_policy.revoker_queue_revocations_policy",
        "aws_sqs_queue_policy.revoker_queue_sign_outs_policy",
        "aws_sqs_queue_policy.revoker_topic_failed_policy",
        "aws_sqs_queue_redrive_allow_policy.revoker_queue_redrive_allow",
      ]);
    });

    describe("keeps a ledger", () => {
      test.each(Object.entries(LEDGER_TABLES))(
        "whose table of %s is the one that the code reads and writes",
        (table, expected) => {
          const values = one("example", `aws_dynamodb_table.ledger_${table}`);
          expect({
            hashKey: values["hash_key"],
            ...(values["range_key"] ? { rangeKey: values["range_key"] } : {}),
          }).toEqual(expected);
          // An index is read with a delay: what it does not find may be there.
          expect([values["global_secondary_index"] ?? [], values["local_secondary_index"] ?? []]).toEqual([[], []]);
          expect(
            (values["attribute"] as { name: string; type: string }[]).sort((a, b) => (a.name < b.name ? -1 : 1)),
          ).toEqual(
            Object.values(expected)
              .sort()
              .map((name) => ({ name, type: "S" })),
          );
          expect(values).toMatchObject({ name: `handbook-${table}`, billing_mode: "PAY_PER_REQUEST" });
        },
      );

      test.each(Object.keys(LEDGER_TABLES))(
        "whose %s expire, and can be had back as they were at any second of the last 35 days",
        (table) => {
          expect(one("example", `aws_dynamodb_table.ledger_${table}`)).toMatchObject({
            ttl: [{ attribute_name: TTL_ATTRIBUTE, enabled: true }],
            point_in_time_recovery: [{ enabled: true }],
          });
        },
      );
    });

    describe("is called", () => {
      test.each([
        ["revocations", "handbook-revocations", 500, 1, 5],
        ["sign_outs", "handbook-sign-outs", 1000, 90, 2],
      ])(
        "by the standard queue of %s, %s: batches of %i, gathered for %i s, %i at a time, of which only what failed comes again",
        (queue, name, batchSize, window, concurrency) => {
          expect(one("example", `aws_sqs_queue.revoker_queue_${queue}`)).toMatchObject({
            name,
            fifo_queue: false,
            content_based_deduplication: false,
          });
          expect(one("example", `aws_lambda_event_source_mapping.revoker_queue_${queue}_delivery`)).toMatchObject({
            batch_size: batchSize,
            maximum_batching_window_in_seconds: window,
            scaling_config: [{ maximum_concurrency: concurrency }],
            function_response_types: ["ReportBatchItemFailures"],
            enabled: true,
          });
        },
      );

      test.each(["revocations", "sign_outs"])(
        "by the queue of %s long after a failed batch can still be gathered or worked on",
        (queue) => {
          const { timeout } = one("example", "aws_lambda_function.revoker_consumer");
          const { maximum_batching_window_in_seconds: window } = one(
            "example",
            `aws_lambda_event_source_mapping.revoker_queue_${queue}_delivery`,
          );
          expect(
            one("example", `aws_sqs_queue.revoker_queue_${queue}`)["visibility_timeout_seconds"],
          ).toBeGreaterThanOrEqual(6 * (timeout as number) + (window as number));
        },
      );

      test("by queues that it never throttles: more of it may run than they hand over at once", () => {
        const batches = all("example", "aws_lambda_event_source_mapping").map(
          ({ values }) => (values["scaling_config"] as { maximum_concurrency: number }[])[0]!.maximum_concurrency,
        );
        expect(batches).toHaveLength(2);
        expect(
          one("example", "aws_lambda_function.revoker_consumer")["reserved_concurrent_executions"],
        ).toBeGreaterThan(batches.reduce((sum, batch) => sum + batch));
      });

      test.each([
        ["tidy", "rate(5 minutes)"],
        ["sweep", "rate(1 day)"],
      ])("to %s, at a %s", (operation, rate) => {
        expect(one("example", `aws_cloudwatch_event_rule.revoker_${operation}`)).toMatchObject({
          name: `handbook-${operation}`,
          schedule_expression: rate,
        });
        expect(
          JSON.parse(one("example", `aws_cloudwatch_event_target.revoker_${operation}_target`)["input"] as string),
        ).toEqual({ operation });
      });

      test("with the time that the work takes: a batch a minute, a sweep a quarter of an hour", () => {
        expect(
          all("example", "aws_lambda_function").map(({ values }) => [
            values["function_name"],
            values["timeout"],
            values["handler"],
            values["runtime"],
          ]),
        ).toEqual([
          ["handbook-auth", 5, "index.handler", "nodejs22.x"],
          ["handbook-key-rotator", 900, "index.handler", "nodejs22.x"],
          ["handbook-revoker", 900, "index.handler", "nodejs22.x"],
          ["handbook-revocations", 60, "index.handler", "nodejs22.x"],
          ["handbook-site", 5, "index.handler", "nodejs22.x"],
        ]);
      });

      test.each<[Name, (number | undefined)[]]>([
        ["example", [-1, 2, 5, 8, -1]],
        ["everything", [-1, -1, -1, -1, -1, -1, -1]],
      ])("with concurrency kept free as the %s config says", (name, expected) => {
        expect(all(name, "aws_lambda_function").map(({ values }) => values["reserved_concurrent_executions"])).toEqual(
          expected,
        );
      });
    });

    test("keeps what it could not carry out for two weeks", () => {
      // The dead-letter queue of a standard queue is one; what moves there keeps its age, so the queue it came from must
      // not lose it before.
      for (const { values } of all("example", "aws_sqs_queue"))
        expect(values).toMatchObject({ message_retention_seconds: 14 * 86_400, fifo_queue: false });
      expect(
        all("example", "aws_sqs_queue")
          .map(({ values }) => values["name"])
          .sort(),
      ).toEqual([
        "handbook-revocations",
        "handbook-revocations-dead",
        "handbook-revocations-failed",
        "handbook-sign-outs",
      ]);
    });

    test("says where it is: its name, its tables, its topic and its queues", () => {
      expect(plan("example").outputs).toMatchObject({
        revoker_function_name: { value: "handbook-revoker" },
        sessions_table_name: { value: "handbook-sessions" },
        revocations_table_name: { value: "handbook-revocations" },
      });
      // Known after the apply.
      expect(Object.keys(plan("example").outputs)).toEqual(
        expect.arrayContaining([
          "revocation_topic_arn",
          "revocation_queue_url",
          "sign_out_queue_url",
          "dead_revocation_queue_url",
        ]),
      );
    });
  });
}
