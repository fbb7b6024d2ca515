/**
 * Carries out a batch of queue messages (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html).
 * A message is done when the store has its revocation; until then SQS delivers it again. Messages that can never be
 * carried out go to the dead-letter queue immediately. Each message succeeds or fails independently.
 */
import type { SQSBatchResponse, SQSRecord } from "aws-lambda";
import pLimit from "p-limit";
import { shardOf } from "../../session/shard";
import { describeError } from "../errors";
import type { RevokerPorts } from "../ports";
import { reconcileRevocations } from "../reconcile/revocations";
import { InvalidRequest, parseMessage } from "./command";
import { recordRevocation, type Recorded } from "./record";
import { described } from "./revoke";

/** The members of an SQS message that are used here. */
export type SqsRecord = Pick<SQSRecord, "messageId" | "body" | "eventSource"> & {
  attributes: Pick<SQSRecord["attributes"], "SentTimestamp">;
};

/** Revocations that are recorded in parallel. */
const PARALLEL = 25;

export async function carryOutBatch(ports: RevokerPorts, messages: readonly SqsRecord[]): Promise<SQSBatchResponse> {
  const recorded = new Map<SqsRecord, Recorded>();
  const failed: SqsRecord[] = [];
  await pLimit(PARALLEL).map(messages, async (message) => {
    try {
      const result = await record(ports, message);
      if (result) recorded.set(message, result);
    } catch (error) {
      failed.push(message);
      ports.log({ ...line(message), outcome: "failed", detail: describeError(error) });
    }
  });
  const revocations = [...recorded.values()].map(({ revocation }) => revocation);
  const { failed: shards } = await reconcileRevocations(ports, revocations);
  for (const [message, { revocation, isNew }] of recorded) {
    const shard = shardOf(revocation.uid!);
    // The ledger has the revocation: the next delivery finds it there and continues with the store.
    if (shards.has(shard)) failed.push(message);
    const outcome = shards.has(shard)
      ? { outcome: "failed", detail: describeError(shards.get(shard)) }
      : { outcome: "done", isNew };
    ports.log({ ...line(message), ...described(revocation), ...outcome });
  }
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

/** @returns undefined for a message that went to the dead-letter queue */
async function record(ports: RevokerPorts, message: SqsRecord): Promise<Recorded | undefined> {
  try {
    const { command, sentAt } = parseMessage(message.body, Math.floor(Number(message.attributes.SentTimestamp) / 1000));
    return await recordRevocation(ports, command, sentAt);
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
