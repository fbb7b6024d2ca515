/** Archives the hours that are over and not yet archived, oldest first (docs/decisions/0074-audit-archive.md). */
import { HOUR, hourKey, hourOfKey, hoursPrefix, type Look } from "../../audit/archive";
import { describeError, OperationError } from "../errors";
import { archiveHour, hourOf } from "./archive-hour";
import type { ArchiverPorts } from "./ports";

/** Seconds after an hour until its lines have arrived: functions and CloudFront deliver them within minutes. */
const SETTLING = 15 * 60;
/** Hours after which an hour is read again, for lines that came late. */
const AGAIN_AFTER = 24;
/** Days after which the archiver gives up on an hour. Until then, the alarm has fired every hour. */
const MAX_DAYS = 7;
/** Milliseconds that an hour may take. */
const TIME_FOR_AN_HOUR = 120_000;

export interface RunAnswer {
  /** How many hours were archived now. */
  hours: number;
  events: number;
  /** How many past hours are not archived yet. */
  waiting: number;
}

/** @throws OperationError if an hour is not archived, so that the function's alarm fires */
export async function run(ports: ArchiverPorts): Promise<RunAnswer> {
  const answer: RunAnswer = { hours: 0, events: 0, waiting: 0 };
  let failure: string | undefined;
  for (const { hour, look } of await waitingHours(ports)) {
    if (ports.timeLeft() < TIME_FOR_AN_HOUR) {
      answer.waiting += 1;
      continue;
    }
    try {
      const { objects, misfits, refusedRegions } = await archiveHour(ports, hour, look);
      const events = objects.reduce((sum, object) => sum + object.events, 0);
      answer.hours += 1;
      answer.events += events;
      const said = { hour: new Date(hour * 1000).toISOString(), look, events, objects: objects.length, misfits };
      ports.log({ operation: "archive", outcome: "done", ...said, refusedRegions: refusedRegions.length });
    } catch (error) {
      failure = describeError(error);
      answer.waiting += 1;
      const said = { hour: new Date(hour * 1000).toISOString(), look, detail: failure };
      ports.log({ operation: "archive", outcome: "failed", ...said });
    }
  }
  if (answer.waiting > 0)
    throw new OperationError(`${answer.waiting} hours are not archived: ${failure ?? "there was not enough time"}`);
  return answer;
}

async function waitingHours(ports: ArchiverPorts): Promise<{ hour: number; look: Look }[]> {
  const { gateway, logRetentionDays, archive, now } = ports;
  const last = hourOf(now() - SETTLING) - HOUR;
  // CloudWatch must not delete lines of the oldest hour while they are read.
  const days = Math.min(logRetentionDays, MAX_DAYS);
  const first = last - (days * 24 - 1) * HOUR;
  const after = hourKey(gateway, first - HOUR, "again");
  const keys = await archive.list(hoursPrefix(gateway), after);
  const done = new Set(
    [...keys.keys()].flatMap((key) => {
      const found = hourOfKey(key);
      return found ? [`${found.hour} ${found.look}`] : [];
    }),
  );
  const hours = Array.from({ length: days * 24 }, (_, place) => first + place * HOUR);
  const isDone = (hour: number, look: Look) => done.has(`${hour} ${look}`);
  const missing = (look: Look, wanted: readonly number[]) =>
    wanted.filter((hour) => !isDone(hour, look)).map((hour) => ({ hour, look }));
  return [
    ...missing("first", hours),
    ...missing(
      "again",
      hours.filter((hour) => last - hour >= AGAIN_AFTER * HOUR && isDone(hour, "first")),
    ),
  ];
}
