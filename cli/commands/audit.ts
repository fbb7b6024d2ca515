/** `edgegate audit`: what happened to a user or a request, from the logs of all regions or the archive of their events. */
import { isAttached } from "../../config/distribution";
import type { Config } from "../../config/schema";
import { entryOf } from "../audit/entries";
import type { Archive, ArchiveRead } from "../audit/read-archive";
import { readLocal } from "../audit/read-local";
import { readLogs, type EventsRead, type Window } from "../audit/read-logs";
import { addressesSubject, requestSubject, usersSubject, type Subject } from "../audit/subject";
import { merge, timeline } from "../audit/timeline";
import type { Context } from "../context";
import { CommandFailure, usageFailure } from "../failures";
import type { Gateway } from "../gateway";
import { time, type Outcome } from "../output";
import { withProgress, type Progress } from "../progress";
import { askRevoker } from "../revoker";
import { parseUser } from "../users";

/** Seconds before now, without `--since`: of a user, of one request, and in the archive. */
const SINCE = { user: 3_600, request: 7 * 86_400, archive: 30 * 86_400 };
/** CloudFront may deliver a line of the access log late, with the time of its delivery. */
const LATE = 3_600;

export interface AuditOptions {
  user?: string;
  uid?: string;
  request?: string;
  /** Unix seconds. */
  since?: number;
  until?: number;
  all?: boolean;
  archive?: boolean;
}

/** The events from logs, archive or local edge. */
type Read = EventsRead & Partial<ArchiveRead>;
type Reader = (subject: Subject, window: Window, progress: Progress) => Promise<Read>;

export async function audit({ gateway, options }: Context<AuditOptions>): Promise<Outcome> {
  const { user, uid, request, all = false, archive: isArchive = false } = options;
  if ([user, uid, request].filter((given) => given !== undefined).length !== 1)
    throw usageFailure("say whom or what to look for", "write one of --user <user>, --uid <uid> and --request <id>");
  if (isArchive && gateway.isLocal) throw usageFailure("a local edge has no archive", "leave --archive out");
  const now = Math.floor(Date.now() / 1000);
  const until = Math.min(options.until ?? now, now);
  const since = options.since ?? until - SINCE[isArchive ? "archive" : request === undefined ? "user" : "request"];
  if (since >= until) throw usageFailure("--since is not before --until", 'write for example --since 2h --until "1h"');
  const asked = { since, until };
  const { config } = gateway;
  const archive = isArchive ? await (await import("../audit/read-archive")).openArchive(gateway) : undefined;
  const reader = readerOf(gateway, archive);
  try {
    const found = await withProgress(
      `Reading the ${archive ? "archive" : "logs"} of ${config.name}`,
      options,
      async (progress) => {
        if (request !== undefined)
          return { uids: [], read: await readWith(reader, requestSubject(request), asked, progress) };
        const { uids, addresses } = await userOf(gateway, user, uid);
        return { uids, read: await readUser(reader, uids, addresses, asked, progress) };
      },
    );
    return answer(gateway, found.uids, found.read, asked, { all, request, isArchive });
  } finally {
    archive?.close();
  }
}

function readerOf(gateway: Gateway, archive: Archive | undefined): Reader {
  const { auditFile } = gateway;
  if (archive) return archive.read;
  if (auditFile !== undefined) return async (subject, window) => readLocal(auditFile, subject, window);
  return (subject, window, progress) => readLogs(gateway, subject.sources(gateway.config), window, progress);
}

/** @returns the uids, and the addresses at which their sessions began or were renewed */
async function userOf(gateway: Gateway, user: string | undefined, uid: string | undefined) {
  if (uid !== undefined) return { uids: [uid], addresses: [] };
  const name = parseUser(user!);
  if ("uid" in name) return { uids: [name.uid], addresses: [] };
  const { sessions } = await askRevoker(gateway, { operation: "sessions", ...name, all: true });
  if (sessions.length === 0)
    throw new CommandFailure(
      "notFound",
      `the ledger has no session of ${JSON.stringify(name.email)}`,
      "somebody who never signed in has no uid; --request <id> finds a request by the ID on its page",
    );
  return {
    uids: [...new Set(sessions.map((session) => session.uid))],
    addresses: sessions.map((session) => session.address),
  };
}

/** First reads the lines with the uid, then other lines from the addresses in these. */
async function readUser(
  reader: Reader,
  uids: readonly string[],
  known: readonly string[],
  window: Window,
  progress: Progress,
): Promise<Read> {
  const byUid = await readWith(reader, usersSubject(uids), window, progress);
  const seen = byUid.events.flatMap(({ address }) => address ?? []);
  const addresses = [...new Set([...seen, ...known])];
  const byAddress = await readWith(reader, addressesSubject(addresses), window, progress);
  return {
    ...byUid,
    events: [...byUid.events, ...byAddress.events],
    unread: [...new Map([...byUid.unread, ...byAddress.unread].map((one) => [one.region, one])).values()],
    isCut: byUid.isCut || byAddress.isCut,
  };
}

function readWith(reader: Reader, subject: Subject, { since, until }: Window, progress: Progress): Promise<Read> {
  const now = Math.floor(Date.now() / 1000);
  return reader(subject, { since, until: Math.min(now, until + LATE) }, progress);
}

function answer(
  { config, isLocal }: Gateway,
  uids: readonly string[],
  { events, unread, isCut, beginsAt, notArchived: gaps = [], unknown = 0 }: Read,
  { since, until }: Window,
  { all, request, isArchive }: { all: boolean; request: string | undefined; isArchive: boolean },
): Outcome {
  // The time that was read is longer than requested: see LATE.
  const notArchived = gaps.filter((gap) => gap.since < until);
  const entries = merge(
    config,
    events.map((event) => entryOf(config, event)),
    new Set(uids),
  ).filter((entry) => entry.time >= since && entry.time <= until);
  const notes = [
    ...(entries.some((entry) => entry.byAddressOnly) ? ["~ the address is the user's, but others may share it"] : []),
    ...(entries.some((entry) => entry.rule !== undefined) ? ["Rules are those of the config now"] : []),
    ...(isCut ? ["There is more than is shown: narrow --since and --until"] : []),
    ...(isArchive ? ["From the gate, the archive has only refused requests"] : []),
    ...(isLocal || config.accessLogBucketArn === undefined
      ? []
      : [`The access log is in ${config.accessLogBucketArn}: not read`]),
    ...(!isLocal && isAttached(config) ? ["The access log is that of your distribution: not read"] : []),
    ...(isArchive ? archiveBegins(beginsAt, since) : []),
    ...notArchived.map((gap) => `Not archived: ${time(gap.since)} to ${time(gap.until)}`),
    ...(unknown > 0 ? [`Not read: ${unknown} lines that this version of edgegate does not know`] : []),
    ...unread.map(({ region, why }) => `Not read, ${region}: ${why}`),
  ];
  const isComplete = unread.length === 0 && notArchived.length === 0;
  if (entries.length === 0 && request !== undefined && isComplete)
    throw unknownRequest(config, request, { isArchive, isLocal });
  const late = isLocal
    ? ""
    : isArchive
      ? "An hour is archived twenty minutes after its end.\n"
      : "The access log is some minutes late.\n";
  const none = `No log has anything about ${request === undefined ? "this user" : "this request"} between ${time(since)} and ${time(until)}.\n${late}`;
  return {
    json: { uids, since, until, entries, unread, isCut, ...(isArchive && { beginsAt, notArchived, unknown }) },
    text: (entries.length === 0 ? none : timeline(config, entries, all)) + notes.map((note) => `${note}\n`).join(""),
    ...((!isComplete || unknown > 0) && { exit: "failed" as const }),
  };
}

function archiveBegins(beginsAt: number | undefined, since: number): string[] {
  if (beginsAt === undefined) return ["Nothing is archived yet: the first hour comes at twenty past"];
  return beginsAt > since ? [`The archive begins at ${time(beginsAt)}`] : [];
}

function unknownRequest(
  { waf }: Config,
  request: string,
  { isArchive, isLocal }: { isArchive: boolean; isLocal: boolean },
): CommandFailure {
  if (isLocal)
    return new CommandFailure("notFound", `the local edge has no request ${request}`, "it knows those since its start");
  if (isArchive)
    return new CommandFailure(
      "notFound",
      `the archive has no request ${request}`,
      "an hour is archived twenty minutes after its end; look further back with --since 90d",
    );
  const blocked = waf === false ? "" : `; edgegate waf why ${request} says whether the web ACL blocked it`;
  return new CommandFailure(
    "notFound",
    `no log has the request ${request}`,
    `the access log is some minutes late; look further back with --since 30d${blocked}`,
  );
}
