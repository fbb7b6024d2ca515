/** What the real provider makes of encryption: of the ledger, the secrets, the topic and the queues. */
import { EVERYTHING } from "../../support/configs";
import type { Planned, Values } from "./planned";

export function planOfEncryption({ all }: Planned): void {
  describe("encrypts", () => {
    const keyOf: Record<string, (values: Values) => unknown> = {
      aws_dynamodb_table: (values) => (values["server_side_encryption"] as Values[] | undefined)?.[0]?.["kms_key_arn"],
      aws_secretsmanager_secret: (values) => values["kms_key_id"],
      aws_sns_topic: (values) => values["kms_master_key_id"],
      aws_sqs_queue: (values) =>
        values["kms_master_key_id"] ?? (values["sqs_managed_sse_enabled"] === true ? "SSE-SQS" : undefined),
    };

    test.each(Object.keys(keyOf))(
      "every %s by the config's key, but the queue of what a wrong key policy would lose",
      (type) => {
        const keys = all("everything", type).map(({ name, values }) => [name, keyOf[type]!(values)]);
        expect(keys.length).toBeGreaterThan(0);
        expect(keys).toEqual(
          keys.map(([name]) => [name, name === "revoker_topic_failed" ? "SSE-SQS" : EVERYTHING.kmsKeyArn]),
        );
      },
    );

    test.each([
      ["aws_dynamodb_table", undefined],
      ["aws_secretsmanager_secret", null],
      ["aws_sns_topic", "alias/aws/sns"],
      ["aws_sqs_queue", "SSE-SQS"],
    ])("every %s by AWS's own where it names none", (type, expected) => {
      const keys = all("example", type).map(({ values }) => keyOf[type]!(values));
      expect(keys.length).toBeGreaterThan(0);
      expect(new Set(keys.map((key) => key ?? undefined))).toEqual(new Set([expected ?? undefined]));
    });
  });
}
