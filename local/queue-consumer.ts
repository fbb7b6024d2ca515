/**
 * A standard queue before a function, as SQS and Lambda's event source mapping do it: messages are gathered into
 * batches; what the function reports as failed comes again later, and is given up after so many times. SQS promises no
 * order and may deliver twice
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/standard-queues.html): here the newest
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
  /** It was carried out, and is delivered once more all the same. */
  isRepeated?: true;
}

/** Milliseconds until failed messages are tried again. */
const VISIBILITY = 500;
/** Milliseconds between two looks at what has been gathered. */
const LOOK = 20;

/**
 * @param log gets one line a batch that failed, and a message that is given up
 * @param repeatEvery delivers every so-many-th message twice
 * @returns takes a message
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
