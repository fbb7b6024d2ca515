/**
 * Standard queues of SQS and Lambda's event source mappings before a function: at least once, in no order, in batches;
 * what fails comes again, and in the end lies on the dead-letter queue, from where an operator moves it back.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
import { createHash } from "node:crypto";
import { failuresOf, sqsEvent } from "../../../local/sqs-event";
import type { Outcome } from "../kernel/instance";
import type { Service } from "../kernel/network";
import type { World } from "../kernel/world";
import { failure, inputOf, Refusal, refused, success, targetOf } from "./answers";

export interface Message {
  id: string;
  body: string;
  /** Unix milliseconds. */
  sentAt: number;
  receives: number;
  visibleAt: number;
  attributes: Record<string, unknown>;
}

export interface Queue {
  name: string;
  messages: Map<string, Message>;
  /** Called when there is a message again. */
  onMessage: (() => void) | undefined;
}

export interface Mapping {
  queue: Queue;
  dead: Queue;
  /** Seconds for which a batch is gathered. */
  window: number;
  batchSize: number;
  /** Seconds until what failed comes again. */
  visibility: number;
  maxReceives: number;
}

export interface Queues extends Service {
  queue(name: string): Queue;
  send(queue: Queue, body: string): Message;
  /** Has messages of a queue carried out from now on. `invoke` never rejects. */
  map(mapping: Mapping, invoke: (event: unknown) => Promise<Outcome>): void;
}

export interface Deliveries {
  onAccepted(queue: Queue, message: Message): void;
  /** The consumer said that it is carried out. */
  onDone(message: Message): void;
  /** Whether a message that was carried out is delivered again. */
  repeats(): boolean;
}

/** Milliseconds that a message waits for its poller at most: while others are there, and while they are not. */
const POLL = 1_000;
const LONG_POLL = 5_000;

export function createQueues(world: World, { onAccepted, onDone, repeats }: Deliveries): Queues {
  const random = world.random.fork();
  const all = new Map<string, Queue>();
  let count = 0;

  function send(queue: Queue, body: string, attributes: Record<string, unknown> = {}): Message {
    const message: Message = {
      id: `m${++count}`,
      body,
      sentAt: Math.floor(world.now()),
      receives: 0,
      visibleAt: world.now(),
      attributes,
    };
    queue.messages.set(message.id, message);
    queue.onMessage?.();
    onAccepted(queue, message);
    return message;
  }

  const queues: Queues = {
    queue(name) {
      const queue: Queue = all.get(name) ?? { name, messages: new Map(), onMessage: undefined };
      all.set(name, queue);
      return queue;
    },
    send,
    map({ queue, dead, window, batchSize, visibility, maxReceives }, invoke) {
      const visible = () => [...queue.messages.values()].filter(({ visibleAt }) => visibleAt <= world.now());

      async function deliver(batch: Message[]): Promise<void> {
        const outcome = await invoke(sqsEvent(batch, queue.name));
        const failed = "result" in outcome ? failuresOf(outcome.result) : undefined;
        for (const message of batch) {
          if (!failed || failed.has(message.id)) continue;
          onDone(message);
          // The deletion may be lost, or the message may have been delivered twice.
          if (!repeats()) queue.messages.delete(message.id);
          else world.note(`${message.id} of ${queue.name} comes again`);
        }
      }

      world.start(async () => {
        for (;;) {
          if (queue.messages.size === 0) await new Promise<void>((resolve) => (queue.onMessage = resolve));
          await world.sleep(random.whole(0, POLL));
          for (const message of visible()) {
            if (message.receives < maxReceives) continue;
            queue.messages.delete(message.id);
            dead.messages.set(message.id, message);
            world.note(`${message.id} is given up`);
          }
          if (visible().length === 0) {
            // What comes meanwhile may wait for its poller for some seconds, too.
            const next = Math.min(
              LONG_POLL,
              ...[...queue.messages.values()].map(({ visibleAt }) => visibleAt - world.now()),
            );
            await world.sleep(Math.max(POLL, next));
            continue;
          }
          await world.sleep(window * 1000);
          const waiting = visible().map((message) => ({ message, place: random.fraction() }));
          const batch = waiting
            .sort((a, b) => a.place - b.place)
            .slice(0, batchSize)
            .map(({ message }) => message);
          for (const message of batch) {
            message.receives += 1;
            message.visibleAt = world.now() + (repeats() ? random.whole(0, 5_000) : visibility * 1000);
          }
          world.start(() => deliver(batch));
        }
      });
    },
    nameOf: (request) => `sqs.${targetOf(request)}`,
    failure,
    answer(request) {
      const input = inputOf(request);
      const queue = all.get(String(input["QueueUrl"]).split("/").at(-1)!);
      if (!queue) return refused(new Refusal("QueueDoesNotExist"));
      const one = ({ MessageBody, MessageAttributes }: Record<string, unknown>) => {
        const body = String(MessageBody);
        const { id } = send(queue, body, (MessageAttributes ?? {}) as Record<string, unknown>);
        return { MessageId: id, MD5OfMessageBody: createHash("md5").update(body).digest("hex") };
      };
      if (targetOf(request) === "SendMessage") return success(one(input));
      if (targetOf(request) === "SendMessageBatch") {
        const entries = input["Entries"] as Record<string, unknown>[];
        return success({ Successful: entries.map((entry) => ({ Id: entry["Id"], ...one(entry) })), Failed: [] });
      }
      throw new Error(`SQS does not do ${targetOf(request)} here`);
    },
  };
  return queues;
}
