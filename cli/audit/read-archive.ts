/** Reads the archive of audit events: every object of the requested hours (audit/archive.ts). */
import { gunzipSync } from "node:zlib";
import { GetFunctionConfigurationCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { GetObjectCommand, paginateListObjectsV2, S3Client } from "@aws-sdk/client-s3";
import { dayPrefix, HOUR, hourKey, hourOfKey, hourOfPart, hoursPrefix } from "../../audit/archive";
import { parseEvent } from "../../audit/event";
import { archiveOf } from "../../config/audit";
import { archiverFunctionName } from "../../stacks/names";
import { explain, withClient } from "../aws-failures";
import { CommandFailure, usageFailure } from "../failures";
import type { Gateway } from "../gateway";
import type { Progress } from "../progress";
import type { EventsRead, Window } from "./read-logs";
import type { Subject } from "./subject";

const DAY = 86_400;
/** Objects that are read at a time. */
const PARALLEL = 16;
/** Events about a subject. */
const MAX_EVENTS = 20_000;
/** Bytes. The archiver makes objects of about four million characters. */
const MAX_OBJECT = 64 * 1024 * 1024;
/** Seconds after an hour until it is archived: the archiver reads it after twenty minutes, and needs some time. */
const LATE = 1_800;

export interface ArchiveRead extends EventsRead {
  /** Unix seconds of the first hour that was ever archived; undefined if none was. */
  beginsAt: number | undefined;
  /** Unix seconds: hours after that which are over and not in the archive, those in a row together. */
  notArchived: Window[];
  /** Number of lines that this version cannot read. */
  unknown: number;
}

export interface Archive {
  read(subject: Subject, window: Window, progress: Progress): Promise<ArchiveRead>;
  close(): void;
}

/** @throws CommandFailure if the config has no archive, or its bucket is not known */
export async function openArchive(gateway: Gateway): Promise<Archive> {
  const bucket = await bucketOf(gateway);
  const { name } = gateway.config;
  const client = new S3Client({ ...gateway.client, followRegionRedirects: true });
  const guarded = async <T>(action: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw explain(error, { action, resource: `bucket ${bucket}`, gateway: name, isLocal: false, mayQuote: true });
    }
  };
  const keys = (prefix: string, { after, only }: { after?: string; only?: number } = {}) =>
    guarded("s3:ListBucket", async () => {
      const found: string[] = [];
      const input = { Bucket: bucket, Prefix: prefix, StartAfter: after, MaxKeys: only };
      for await (const { Contents: objects = [] } of paginateListObjectsV2({ client }, input)) {
        found.push(...objects.flatMap(({ Key: key }) => key ?? []));
        if (only !== undefined) break;
      }
      return found;
    });
  const lines = (key: string) =>
    guarded("s3:GetObject", async () => {
      const { Body: body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      const bytes = await body!.transformToByteArray();
      return gunzipSync(bytes, { maxOutputLength: MAX_OBJECT }).toString().split("\n").filter(Boolean);
    });
  return {
    async read(subject, window, progress) {
      const read: ArchiveRead = {
        events: [],
        unread: [],
        isCut: false,
        beginsAt: undefined,
        notArchived: [],
        unknown: 0,
      };
      const days = Array.from({ length: dayOf(window.until) - dayOf(window.since) + 1 }, (_, place) =>
        dayPrefix(name, (dayOf(window.since) + place) * DAY),
      );
      const listed = await inParallel(days, (prefix) => keys(prefix));
      const wanted = listed.flat().filter((key) => isWithin(hourOfPart(key), window));
      let done = 0;
      await inParallel(wanted, async (key) => {
        if (read.events.length >= MAX_EVENTS) return void (read.isCut = true);
        for (const line of await lines(key)) {
          const event = parseEvent(line);
          if (!event) read.unknown += 1;
          else if (subject.has(event)) read.events.push(event);
        }
        progress(++done, wanted.length);
      });
      // A failed run is repeated, and may have written an event into two objects.
      read.events = [...new Map(read.events.map((event) => [event.id, event])).values()];
      const hours = hoursPrefix(name);
      const [oldest] = await keys(hours, { only: 1 });
      read.beginsAt = oldest === undefined ? undefined : hourOfKey(oldest)?.hour;
      const since = Math.max(window.since, read.beginsAt ?? Infinity);
      const first = Math.floor(window.since / HOUR) * HOUR;
      const there = await keys(hours, { after: hourKey(name, first - HOUR, "first") });
      read.notArchived = gaps({ ...window, since }, new Set(there.map((key) => hourOfKey(key)?.hour)));
      return read;
    },
    close: () => client.destroy(),
  };
}

/** The gateway's own bucket has a name that AWS made unique: the function that fills it knows it. */
async function bucketOf(gateway: Gateway): Promise<string> {
  const { config } = gateway;
  const archive = archiveOf(config);
  if (!archive)
    throw usageFailure(
      "the config has no archive of audit events",
      "write audit: { archive: true } into it and deploy; without --archive, the logs are read",
    );
  if (archive.bucketArn !== undefined) return archive.bucketArn.split(":").at(-1)!;
  const functionName = archiverFunctionName(config);
  const call = { action: "lambda:GetFunctionConfiguration", resource: `function ${functionName}`, mayQuote: true };
  const { Environment: environment } = await withClient(gateway, new LambdaClient(gateway.client), call, (client) =>
    client.send(new GetFunctionConfigurationCommand({ FunctionName: functionName })),
  );
  const bucket = environment?.Variables?.["ARCHIVE_BUCKET"];
  if (bucket === undefined)
    throw new CommandFailure("failed", `the function ${functionName} does not name a bucket`, "plan and deploy");
  return bucket;
}

function dayOf(time: number): number {
  return Math.floor(time / DAY);
}

function isWithin(hour: number | undefined, { since, until }: Window): boolean {
  return hour !== undefined && hour + HOUR > since && hour <= until;
}

function gaps({ since, until }: Window, archived: ReadonlySet<number | undefined>): Window[] {
  const end = Math.min(until, Date.now() / 1000 - LATE - HOUR);
  const missing: Window[] = [];
  for (let hour = Math.floor(since / HOUR) * HOUR; hour <= end; hour += HOUR) {
    if (archived.has(hour)) continue;
    const last = missing.at(-1);
    if (last?.until === hour) last.until = hour + HOUR;
    else missing.push({ since: hour, until: hour + HOUR });
  }
  return missing;
}

async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const waiting = [...items.entries()];
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) results[next[0]] = await work(next[1]);
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  return results;
}
