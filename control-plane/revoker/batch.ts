/**
 * Messages of a queue (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html). A message is done
 * when the store has its revocation; until then it comes again. What can never be carried out goes to the dead-letter queue at once.
 * No message depends on another.
 */
import type { SQSBatchResponse, SQSRecord } from "aws-lambda";
import pLimit from "p-limit";
import { shardOf } from "../../session/shard";
import { describeError } from "../errors";
import type { RevokerPorts } from "../ports";
import { reconcileRevocations } from "../reconcile/revocations";
import { InvalidRequest, parseMessage } from "./command";
import type { RevokerSettings } from "./settings";
import { recordRevocation, type Recorded } from "./record";
import { described } from "./revoke";

/** The members of a message that are used. */
export type SqsRecord = Pick<SQSRecord, "messageId" | "body" | "eventSource"> & {
  attributes: Pick<SQSRecord["attributes"], "SentTimestamp">;
};

/** How many revocations are recorded at a time. */
const PARALLEL = 25;

export async function carryOutBatch(
  ports: RevokerPorts,
  settings: RevokerSettings,
  messages: readonly SqsRecord[],
): Promise<SQSBatchResponse> {
  const limit = pLimit(PARALLEL);
  const results = await Promise.allSettled(messages.map((message) => limit(() => record(ports, settings, message))));
  const failed: SqsRecord[] = [];
  const recorded: (Recorded & { message: SqsRecord })[] = [];
  for (const [place, message] of messages.entries()) {
    const result = results[place]!;
    if (result.status === "rejected") {
      failed.push(message);
      ports.log({ ...line(message), outcome: "failed", detail: describeError(result.reason) });
    } else if (result.value) recorded.push({ ...result.value, message });
  }
  const failures = await reconcileRevocations(
    ports,
    settings,
    recorded.map(({ revocation }) => revocation),
  ).then(
    ({ failed }) => failed,
    (error: unknown) => new Map(recorded.map(({ revocation }) => [shardOf(revocation.uid!), error])),
  );
  for (const { message, revocation, isNew } of recorded) {
    const shard = shardOf(revocation.uid!);
    // The ledger has it; the next attempt finds it there and goes on with the store.
    if (failures.has(shard)) failed.push(message);
    ports.log({
      ...line(message),
      ...described(revocation),
      ...(failures.has(shard)
        ? { outcome: "failed", detail: describeError(failures.get(shard)) }
        : { outcome: "done", isNew }),
    });
  }
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

/** @returns undefined for a message that went to the dead-letter queue */
async function record(
  ports: RevokerPorts,
  settings: RevokerSettings,
  message: SqsRecord,
): Promise<Recorded | undefined> {
  try {
    const { command, sentAt } = parseMessage(message.body, Math.floor(Number(message.attributes.SentTimestamp) / 1000));
    return await recordRevocation(ports, settings, command, sentAt);
  } catch (error) {
    if (!(error instanceof InvalidRequest)) throw error;
    await ports.sendToDeadLetterQueue(message.body, error.message);
    ports.log({ ...line(message), outcome: "dead_lettered", detail: error.message });
    return undefined;
  }
}

function line({ messageId }: SqsRecord): { operation: string; message: string } {
  return { operation: "revoke", message: messageId };
}
