/**
 * Messages of the FIFO queue (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html). What fails now and may work
 * later is reported, with everything after it, and comes again; what can never work leaves the queue, because all that follow wait.
 */
import type { Revocation } from "../../session/ledger";
import { describeError } from "../errors";
import { InvalidRequest, parseCommand } from "./command";
import type { Ports } from "./ports";
import { described, isSame } from "./revoke";
import { revocationOf } from "./revocation-of";
import type { RevokerSettings } from "./settings";
import { writeRevocations } from "./shard-records";

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
export interface SqsRecord {
  messageId: string;
  body: string;
  eventSource: "aws:sqs";
  /** `SentTimestamp`: Unix milliseconds. */
  attributes: { SentTimestamp: string };
}

export interface BatchAnswer {
  batchItemFailures: { itemIdentifier: string }[];
}

interface Recorded {
  message: SqsRecord;
  revocation: Revocation;
  isNew: boolean;
}

export async function carryOutBatch(ports: Ports, settings: RevokerSettings, messages: readonly SqsRecord[]): Promise<BatchAnswer> {
  const { recorded, failed } = await recordInOrder(ports, settings, messages);
  try {
    await writeRevocations(ports, settings, recorded.map(({ revocation }) => revocation));
  } catch (error) {
    // The ledger has them; the next attempt finds them there and goes on with the store.
    for (const { message, revocation } of recorded) ports.log({ ...line(message), outcome: "failed", ...described(revocation), detail: describeError(error) });
    return { batchItemFailures: [...recorded.map(({ message }) => message), ...failed].map(({ messageId }) => ({ itemIdentifier: messageId })) };
  }
  for (const { message, revocation, isNew } of recorded) ports.log({ ...line(message), outcome: "done", ...described(revocation), isNew });
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

/** @returns what the ledger holds now, and the messages from the first one on that must come again */
async function recordInOrder(ports: Ports, settings: RevokerSettings, messages: readonly SqsRecord[]): Promise<{ recorded: Recorded[]; failed: readonly SqsRecord[] }> {
  const resolving = messages.map((message) => resolve(ports, settings, message));
  const recorded: Recorded[] = [];
  for (const [place, message] of messages.entries()) {
    try {
      const asked = await resolving[place]!;
      if (asked instanceof InvalidRequest) {
        await ports.queues.bury(message.body, message.messageId, asked.message);
        ports.log({ ...line(message), outcome: "buried", detail: asked.message });
      } else {
        const revocation = await ports.ledger.record(asked);
        recorded.push({ message, revocation, isNew: isSame(revocation, asked) });
      }
    } catch (error) {
      ports.log({ ...line(message), outcome: "failed", detail: describeError(error) });
      await Promise.allSettled(resolving);
      return { recorded, failed: messages.slice(place) };
    }
  }
  return { recorded, failed: [] };
}

async function resolve(ports: Ports, settings: RevokerSettings, { body, attributes }: SqsRecord): Promise<Revocation | InvalidRequest> {
  try {
    const sentAt = Math.floor(Number(attributes.SentTimestamp) / 1000);
    return await revocationOf(ports, settings, parseCommand(body, ports.now()), sentAt);
  } catch (error) {
    if (error instanceof InvalidRequest) return error;
    throw error;
  }
}

function line({ messageId }: SqsRecord): { operation: string; message: string } {
  return { operation: "revoke", message: messageId };
}
