/** The event that Lambda's event source mapping passes to a function, and how it reads the answer. */
import { createHash } from "node:crypto";

export interface DeliveredMessage {
  id: string;
  body: string;
  /** How often it was delivered, including this time. */
  receives: number;
  /** Unix milliseconds. */
  sentAt: number;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event */
export function sqsEvent(batch: readonly DeliveredMessage[], queueName: string): { Records: object[] } {
  const Records = batch.map(({ id, body, receives, sentAt }) => ({
    messageId: id,
    receiptHandle: `r-${id}-${receives}`,
    body,
    attributes: {
      ApproximateReceiveCount: String(receives),
      SentTimestamp: String(sentAt),
      SenderId: "AROAEXAMPLE:local",
      ApproximateFirstReceiveTimestamp: String(sentAt),
    },
    messageAttributes: {},
    md5OfBody: createHash("md5").update(body).digest("hex"),
    eventSource: "aws:sqs",
    eventSourceARN: `arn:aws:sqs:us-east-1:111122223333:${queueName}`,
    awsRegion: "us-east-1",
  }));
  return { Records };
}

/**
 * @returns the IDs of the messages that are delivered again
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
 */
export function failuresOf(answer: unknown): Set<string> {
  const { batchItemFailures = [] } = (answer ?? {}) as { batchItemFailures?: { itemIdentifier: string }[] };
  return new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
}
