/**
 * Answers direct invocations of the revoker. An invalid request gets `{ error }`; any other failure fails the
 * invocation.
 */
import type { Revocation } from "../../ledger/records";
import { describeError } from "../errors";
import { publishPolicy, settlePolicy } from "../policy-records/publish";
import { check, reconcile, tidy } from "../reconcile/reconcile";
import type { LogEntry, RevokerPorts } from "../ports";
import { InvalidRequest, parseRequest, type RevokeRequest, type RevokerRequest } from "./command";
import { lockdown } from "./lockdown";
import { described, revoke } from "./revoke";
import { listSessions } from "./sessions";
import { createToken, listTokens } from "./service-tokens";
import { sweep } from "./sweep";

/** `rebuild` is for operators. `sweep` runs on a schedule, so that damage is repaired before an operator is needed. */
const OPERATIONS = {
  sessions: listSessions,
  revoke: (ports: RevokerPorts, { command }: RevokeRequest) => revoke(ports, command),
  lockdown,
  "create-token": createToken,
  tokens: listTokens,
  check,
  rebuild: reconcile,
  sweep,
  tidy,
  "publish-policy": publishPolicy,
  "settle-policy": settlePolicy,
};

export type Answers = { [Name in keyof typeof OPERATIONS]: Awaited<ReturnType<(typeof OPERATIONS)[Name]>> };
export type RevokerAnswer<Operation extends keyof Answers> =
  Answers[Operation] | { error: { code: InvalidRequest["code"]; message: string } };

type Operation = (ports: RevokerPorts, request: RevokerRequest) => Promise<Answers[keyof Answers]>;

/** @throws any failure except an invalid request */
export async function answer(ports: RevokerPorts, event: unknown): Promise<RevokerAnswer<keyof Answers>> {
  let operation = "unknown";
  try {
    const request = parseRequest(event);
    ({ operation } = request);
    const result = await (OPERATIONS[request.operation] as Operation)(ports, request);
    ports.log({ operation, outcome: "done", ...loggable(result) });
    return result;
  } catch (error) {
    if (!(error instanceof InvalidRequest)) {
      ports.log({ operation, outcome: "failed", detail: describeError(error) });
      throw error;
    }
    const { code, message } = error;
    ports.log({ operation, outcome: code, detail: message });
    return { error: { code, message } };
  }
}

/** The parts of a result that may be logged: who was revoked and by whom, numbers and flags. */
function loggable(result: object): Omit<LogEntry, "outcome"> {
  const { revocation, ...rest } = result as { revocation?: Revocation };
  const numbers = Object.entries<unknown>(rest).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.length : value,
  ]);
  return { ...(revocation && described(revocation)), ...(Object.fromEntries(numbers) as LogEntry) };
}
