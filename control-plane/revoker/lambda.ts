/**
 * The entry of the bundle. It is called by the queues of revocations, by schedules, and directly by operators and the
 * customer's programs (command.ts).
 */
import { awsPorts } from "../aws";
import { variable } from "../environment";
import { describeError } from "../errors";
import type { RevokerPorts } from "../ports";
import { answer } from "./answer";
import { carryOutBatch, type SqsRecord } from "./batch";
import { deadLetterQueue } from "./dead-letter-queue";
import { revokerSettings } from "./settings";

/** Clients keep their connections from one invocation to the next. */
let ports: RevokerPorts | undefined;

/** @throws Error whose message is ours: whatever is to be tried again */
export async function handler(event: unknown): Promise<unknown> {
  try {
    ports ??= {
      ...awsPorts(variable("SESSION_KEYS_SECRET_ARN")),
      sendToDeadLetterQueue: deadLetterQueue(variable("DEAD_QUEUE_URL")),
    };
    const settings = revokerSettings();
    const { Records: records } = (event ?? {}) as { Records?: SqsRecord[] };
    return Array.isArray(records)
      ? await carryOutBatch(ports, settings, records)
      : await answer(ports, settings, event);
  } catch (error) {
    // A new error: Lambda logs what is thrown, and AWS's messages can echo what was sent.
    throw new Error(describeError(error));
  }
}
