/** Entry point of the archiver's bundle. A schedule invokes it every hour, and an operator may. */
import type { Context } from "aws-lambda";
import { EVENT_SOURCES } from "../../audit/event";
import { days, variable } from "../environment";
import { describeError, OperationError } from "../errors";
import { log } from "../log";
import { bucketArchive } from "./bucket";
import { read } from "./logs";
import type { Archive, ArchivedLog } from "./ports";
import { run, type RunAnswer } from "./run";

/** Kept between invocations, so that the client reuses its connections. */
let archive: Archive | undefined;

/** @throws Error that is safe to log; the next run tries again */
export async function handler(_event: unknown, context: Context): Promise<RunAnswer> {
  try {
    archive ??= bucketArchive(variable("ARCHIVE_BUCKET"));
    return await run({
      gateway: variable("GATEWAY"),
      logs: archivedLogs(),
      logRetentionDays: days("LOG_RETENTION_DAYS"),
      read,
      archive,
      now: () => Math.floor(Date.now() / 1000),
      timeLeft: () => context.getRemainingTimeInMillis(),
      log,
    });
  } catch (error) {
    // Not the original error: Lambda logs what is thrown, and AWS's messages can echo the request.
    throw new Error(describeError(error));
  }
}

/** `source=group`, with `*` after groups that replicas also have; separated by commas. */
function archivedLogs(): ArchivedLog[] {
  return variable("ARCHIVED_LOGS")
    .split(",")
    .map((text) => {
      const [, name, group = "", everywhere] = /^([a-z-]+)=([^*]+)(\*?)$/.exec(text) ?? [];
      const source = EVENT_SOURCES.find((one) => one === name);
      if (source === undefined) throw new OperationError("the environment variable ARCHIVED_LOGS is not valid");
      return { source, group, isReplicated: everywhere === "*" };
    });
}
