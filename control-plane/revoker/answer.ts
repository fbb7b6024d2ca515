import { describeError } from "../errors";
import type { Answers, RevokerRequest } from "./api";
import { InvalidRequest, parseRequest } from "./command";
import { lockdown } from "./lockdown";
import type { LogEntry, Ports } from "./ports";
import { checkStore, restoreStore } from "./restore-store";
import { described, revoke } from "./revoke";
import { listSessions } from "./sessions";
import type { RevokerSettings } from "./settings";

type Operation = RevokerRequest["operation"];
type Requests = { [Name in Operation]: Extract<RevokerRequest, { operation: Name }> } & Record<"check" | "rebuild" | "sweep", object>;
type Operations = {
  [Name in Operation]: { run(ports: Ports, settings: RevokerSettings, request: Requests[Name]): Promise<Answers[Name]>; told(answer: Answers[Name]): Omit<LogEntry, "outcome"> };
};

const counted = ({ written, deleted, revocations }: Answers["rebuild"]) => ({ written, deleted, revocations });

/** What each does, and what the log is told of it. */
const OPERATIONS: Operations = {
  sessions: { run: (ports, _, request) => listSessions(ports, request), told: ({ sessions }) => ({ sessions: sessions.length }) },
  revoke: {
    run: (ports, settings, { command }) => revoke(ports, settings, command),
    told: ({ revocation, isNew, records, sessions }) => ({ ...described(revocation), isNew, records: records.length, sessions }),
  },
  lockdown: { run: lockdown, told: ({ revocation, kid, written, deleted }) => ({ ...described(revocation), kid, written, deleted }) },
  check: { run: checkStore, told: ({ isRight, expected, counts, revocations }) => ({ isRight, expected, ...counts, revocations }) },
  rebuild: { run: restoreStore, told: counted },
  // What the schedule asks for. What has expired goes, and what is missing or damaged is put right before an operator is needed.
  sweep: { run: restoreStore, told: counted },
};

/**
 * Answers a direct invocation.
 *
 * @throws whatever keeps it from being carried out, but for the asker's mistakes
 */
export async function answer(ports: Ports, settings: RevokerSettings, event: unknown): Promise<Answers[Operation] | { error: { code: string; message: string } }> {
  let operation: Operation | "unknown" = "unknown";
  try {
    const request = parseRequest(event, ports.now());
    ({ operation } = request);
    return await carryOut(request.operation, request as Requests[typeof operation & Operation]);
  } catch (error) {
    const isMistake = error instanceof InvalidRequest;
    ports.log({ operation, outcome: isMistake ? error.code : "failed", detail: isMistake ? error.message : describeError(error) });
    if (isMistake) return { error: { code: error.code, message: error.message } };
    throw error;
  }

  async function carryOut<Name extends Operation>(name: Name, request: Requests[Name]): Promise<Answers[Name]> {
    const { run, told } = OPERATIONS[name];
    const result = await run(ports, settings, request);
    ports.log({ operation: name, outcome: "done", ...told(result) });
    return result;
  }
}
