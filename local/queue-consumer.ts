/**
 * A FIFO queue before a function, as Lambda's event source mapping and SQS do it: batches in order, one at a time; what the
 * function reports as failed comes again, before anything later of its group, and ends in the dead-letter queue.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */
import { createHash } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import type { QueueMessage } from "./aws/queues";
import type { QueueMapping } from "./control-plane";

interface Waiting extends QueueMessage {
  receives: number;
  sentAt: number;
}

/** Milliseconds until failed messages are tried again. */
const VISIBILITY = 500;

/**
 * @param log gets one line a batch that failed, and a message that is given up
 * @returns takes a message, in the order of the queue
 */
export function queueConsumer(
  { queueName, batchSize, maxReceives }: QueueMapping,
  run: (event: unknown) => Promise<unknown>,
  log: (line: string) => void,
): (message: QueueMessage) => void {
  const waiting: Waiting[] = [];
  let isRunning = false;

  async function consume(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, batchSize);
      for (const message of batch) message.receives += 1;
      const failed = await run({ Records: batch.map((message) => record(message, queueName)) }).then(failuresOf, () => undefined);
      const isDone = ({ id }: Waiting) => failed !== undefined && !failed.has(id);
      const isDead = (message: Waiting) => !isDone(message) && message.receives >= maxReceives;
      for (const message of batch.filter(isDead)) log(`${queueName}: gave up message ${message.id}`);
      const left = batch.filter((message) => !isDone(message) && !isDead(message));
      waiting.splice(0, batch.length, ...left);
      if (left.length > 0) {
        log(`${queueName}: ${left.length} of ${batch.length} messages failed and are tried again`);
        await setTimeout(VISIBILITY, undefined, { ref: false });
      }
    }
  }

  return (message) => {
    waiting.push({ ...message, receives: 0, sentAt: Date.now() });
    if (isRunning) return;
    isRunning = true;
    void consume().finally(() => (isRunning = false));
  };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting */
function failuresOf(answer: unknown): Set<string> {
  const { batchItemFailures = [] } = (answer ?? {}) as { batchItemFailures?: { itemIdentifier: string }[] };
  return new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
}

function record({ id, body, groupId, receives, sentAt }: Waiting, queueName: string): object {
  return {
    messageId: id,
    receiptHandle: `r-${id}`,
    body,
    attributes: {
      ApproximateReceiveCount: String(receives),
      SentTimestamp: String(sentAt),
      SequenceNumber: id.slice(1).padStart(20, "0"),
      MessageGroupId: groupId,
      SenderId: "AROAEXAMPLE:local",
      MessageDeduplicationId: createHash("sha256").update(body).digest("hex"),
      ApproximateFirstReceiveTimestamp: String(sentAt),
    },
    messageAttributes: {},
    md5OfBody: createHash("md5").update(body).digest("hex"),
    eventSource: "aws:sqs",
    eventSourceARN: `arn:aws:sqs:us-east-1:111122223333:${queueName}`,
    awsRegion: "us-east-1",
  };
}
