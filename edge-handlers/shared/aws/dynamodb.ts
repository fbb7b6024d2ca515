/** Sends the ledger's requests to DynamoDB. */
import type { LedgerRequest, Output } from "../../../ledger/request";
import { Failure, safeCode } from "../failure";
import { AwsError, callAws } from "./call";

const CONDITION_FAILED = "ConditionalCheckFailedException";
/**
 * Never retried: if the answer to a conditional write is lost, a retry would find that write and attribute it to
 * another request.
 */
const MADE_ONCE: readonly string[] = ["PutItem", "UpdateItem"];

/** @throws Failure `ledger_unavailable` */
export async function sendToLedger<T>({ operation, input, read }: LedgerRequest<T>): Promise<T> {
  try {
    const retries = MADE_ONCE.includes(operation) ? 0 : 1;
    return read((await callAws("dynamodb", operation, input, { retries })) as Output);
  } catch (error) {
    if (error instanceof AwsError && error.code === CONDITION_FAILED) return read(undefined);
    throw new Failure("ledger_unavailable", safeCode(error));
  }
}
