/**
 * Entry point of the revoker's bundle. The revocation queues and the schedules invoke it; operators and the customer's
 * programs invoke it directly (command.ts).
 */
import { awsPorts } from "../aws";
import { entryLifetime, seconds, variable } from "../environment";
import { describeError } from "../errors";
import type { RevokerPorts } from "../ports";
import { answer } from "./answer";
import { carryOutBatch, type SqsRecord } from "./batch";
import { deadLetterQueue } from "./dead-letter-queue";
import { replicaLogs } from "./replica-logs";

/** Kept between invocations, so that clients reuse their connections. Nothing else is kept. */
let clients: Omit<RevokerPorts, "entryLifetime" | "sessionLifetime" | "propagation"> | undefined;

/** @throws Error that is safe to log, for everything that should be retried */
export async function handler(event: unknown): Promise<unknown> {
  try {
    clients ??= {
      ...awsPorts(variable("SESSION_KEYS_SECRET_ARN")),
      sendToDeadLetterQueue: deadLetterQueue(variable("DEAD_QUEUE_URL")),
      replicaLogs,
    };
    const ports = {
      ...clients,
      entryLifetime: entryLifetime(),
      sessionLifetime: seconds("SESSION_SECONDS"),
      propagation: seconds("PROPAGATION_SECONDS"),
    };
    const { Records: records } = (event ?? {}) as { Records?: SqsRecord[] };
    return Array.isArray(records) ? await carryOutBatch(ports, records) : await answer(ports, event);
  } catch (error) {
    // Not the original error: Lambda logs what is thrown, and AWS's messages can echo the request.
    throw new Error(describeError(error));
  }
}
