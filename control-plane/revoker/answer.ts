import { describeError } from "../errors";
import type { Answers, RevokerRequest } from "./api";
import { InvalidRequest, parseRequest } from "./command";
import { lockdown } from "./lockdown";
import { checkStore, restore, tidy } from "./maintain";
import type { LogEntry, Ports } from "./ports";
import { described, revoke } from "./revoke";
import { listSessions } from "./sessions";
import type { RevokerSettings } from "./settings";

type Operation = RevokerRequest["operation"];
type Requests = { [Name in Operation]: Extract<RevokerRequest, { operation: Name }> } & Record<"check" | "rebuild" | "sweep" | "tidy", object>;
type Operations = {
  [Name in Operation]: { run(ports: Ports, settings: RevokerSettings, request: Requests[Name]): Promise<Answers[Name]>; told(answer: Answers[Name]): Omit<LogEntry, "outcome"> };
};

const counted = ({ written, deleted, revocations }: Answers["rebuild"]) => ({ written, deleted, revocations });

/** What each does, and what the log is told of it. */
const OPERATIONS: Operations = {
  sessions: { run: listSessions, told: ({ sessions }) => ({ sessions: sessions.length }) },
  revoke: {
    run: (ports, settings, { command }) => revoke(ports, settings, command),
    told: ({ revocation, isNew, records, sessions }) => ({ ...described(revocation), isNew, records: records.length, sessions }),
  },
  lockdown: { run: lockdown, told: ({ revocation, kid, deleted }) => ({ ...described(revocation), kid, deleted }) },
  check: { run: checkStore, told: ({ isRight, expected, counts, revocations }) => ({ isRight, expected, ...counts, revocations }) },
  rebuild: { run: restore, told: counted },
  // What is missing or damaged is put right before an operator is needed.
  sweep: { run: restore, told: counted },
  tidy: { run: tidy, told: counted },
};

/**
 * Answers a direct invocation.
 *
 * @throws whatever keeps it from being carried out, but for the asker's mistakes
 */
export async function answer(ports: Ports, settings: RevokerSettings, event: unknown): Promise<Answers[Operation] | { error: { code: string; message: string } }> {
  let operation: Operation | "unknown" = "unknown";
  try {
    const request = parseRequest(event);
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
