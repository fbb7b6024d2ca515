/**
 * A standard queue that invokes a function, like SQS with Lambda's event source mapping. Messages are gathered into
 * batches. A message that failed is delivered again later, and given up after `maxReceives` times.
 *
 * SQS promises no order and may deliver a message twice
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/standard-queues.html). Here the newest
 * come first, so that nothing relies on the order.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */
import { setTimeout } from "node:timers/promises";
import type { QueueMessage } from "./aws/queues";
import type { QueueMapping } from "./control-plane";
import { failuresOf, sqsEvent } from "./sqs-event";

interface Waiting extends QueueMessage {
  receives: number;
  sentAt: number;
  /** It was carried out, but is delivered a second time. */
  isRepeated?: true;
}

/** Milliseconds until failed messages are tried again. */
const VISIBILITY = 500;
/** Milliseconds between two checks of what has been gathered. */
const LOOK = 20;

/**
 * @param log called with a line for each batch that failed, and for each message that is given up
 * @param repeatEvery every n-th message is delivered twice
 * @returns a function that takes a message
 */
export function queueConsumer(
  { queueName, batchSize, window, concurrency, maxReceives }: QueueMapping,
  run: (event: unknown) => Promise<unknown>,
  log: (line: string) => void,
  repeatEvery = Infinity,
): (message: QueueMessage) => void {
  const waiting: Waiting[] = [];
  let pollers = 0;
  let taken = 0;

  function enqueue(message: Waiting): void {
    waiting.push(message);
    if (pollers === concurrency) return;
    pollers += 1;
    void poll().finally(() => (pollers -= 1));
  }

  async function poll(): Promise<void> {
    while (waiting.length > 0) {
      await gather();
      const batch = waiting.splice(-batchSize).reverse();
      if (batch.length > 0) await deliver(batch);
    }
  }

  async function gather(): Promise<void> {
    for (const end = Date.now() + window; waiting.length < batchSize && Date.now() < end;)
      await setTimeout(LOOK, undefined, { ref: false });
  }

  async function deliver(batch: Waiting[]): Promise<void> {
    for (const message of batch) message.receives += 1;
    const failed = await run(sqsEvent(batch, queueName)).then(failuresOf, () => undefined);
    const isDone = ({ id }: Waiting) => failed !== undefined && !failed.has(id);
    const left = batch.filter((message) => !isDone(message));
    const [dead, again] = [
      left.filter(({ receives }) => receives >= maxReceives),
      left.filter(({ receives }) => receives < maxReceives),
    ];
    for (const { id } of dead) log(`${queueName}: gave up message ${id}`);
    if (again.length > 0) log(`${queueName}: ${again.length} of ${batch.length} messages failed and are tried again`);
    for (const message of again) void setTimeout(VISIBILITY, undefined, { ref: false }).then(() => enqueue(message));
    for (const message of batch.filter(isDone)) {
      if (message.isRepeated || ++taken % repeatEvery !== 0) continue;
      enqueue({ ...message, isRepeated: true });
    }
  }

  return (message) => enqueue({ ...message, receives: 0, sentAt: Date.now() });
}
