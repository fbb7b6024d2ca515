/** `edgegate audit`: what happened to a user or a request, from the logs of all regions. */
import { isAttached } from "../../config/distribution";
import type { Config } from "../../config/schema";
import { entryOf } from "../audit/entries";
import { readLogs, type LogsRead, type LogSource, type Window } from "../audit/read-logs";
import { sourcesForAddresses, sourcesForRequest, sourcesForUids } from "../audit/subject";
import { merge, timeline } from "../audit/timeline";
import type { Context } from "../context";
import { CommandFailure } from "../failures";
import type { Gateway } from "../gateway";
import { time, type Outcome } from "../output";
import { withProgress, type Progress } from "../progress";
import { askRevoker } from "../revoker";
import { parseUser } from "../users";

/** Seconds before now, without `--since`: of a user, and of one request. */
const SINCE = { user: 3_600, request: 7 * 86_400 };
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
}

export async function audit({ gateway, options }: Context<AuditOptions>): Promise<Outcome> {
  const { user, uid, request, all = false } = options;
  if ([user, uid, request].filter((given) => given !== undefined).length !== 1)
    throw new CommandFailure(
      "usage",
      "say whom or what to look for",
      "write one of --user <user>, --uid <uid> and --request <id>",
    );
  const now = Math.floor(Date.now() / 1000);
  const until = Math.min(options.until ?? now, now);
  const since = options.since ?? until - (request === undefined ? SINCE.user : SINCE.request);
  if (since >= until)
    throw new CommandFailure("usage", "--since is not before --until", 'write for example --since 2h --until "1h"');
  const asked = { since, until };
  const { config } = gateway;
  const found = await withProgress(`Reading the logs of ${config.name}`, options, async (progress) => {
    if (request !== undefined)
      return { uids: [], read: await readWith(gateway, sourcesForRequest(config, request), asked, progress) };
    const { uids, addresses } = await userOf(gateway, user, uid);
    return { uids, read: await readUser(gateway, uids, addresses, asked, progress) };
  });
  return answer(gateway, found.uids, found.read, asked, { all, request });
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

/** First what has the uid, then what else came from the addresses that this shows. */
async function readUser(
  gateway: Gateway,
  uids: readonly string[],
  known: readonly string[],
  window: Window,
  progress: Progress,
): Promise<LogsRead> {
  const byUid = await readWith(gateway, sourcesForUids(gateway.config, uids), window, progress);
  const seen = byUid.lines.map(({ record }) => record["c-ip"] ?? record["address"]);
  const addresses = [...new Set([...seen, ...known].filter((address) => typeof address === "string"))];
  const byAddress = await readWith(gateway, sourcesForAddresses(gateway.config, addresses), window, progress);
  return {
    lines: [...byUid.lines, ...byAddress.lines],
    unread: [...new Map([...byUid.unread, ...byAddress.unread].map((one) => [one.region, one])).values()],
    isCut: byUid.isCut || byAddress.isCut,
  };
}

function readWith(gateway: Gateway, sources: readonly LogSource[], { since, until }: Window, progress: Progress) {
  const now = Math.floor(Date.now() / 1000);
  return readLogs(gateway, sources, { since, until: Math.min(now, until + LATE) }, progress);
}

function answer(
  { config }: Gateway,
  uids: readonly string[],
  { lines, unread, isCut }: LogsRead,
  { since, until }: Window,
  { all, request }: { all: boolean; request: string | undefined },
): Outcome {
  const entries = merge(
    config,
    lines.map((line) => entryOf(config, line)),
    new Set(uids),
  ).filter((entry) => entry.time >= since && entry.time <= until);
  const notes = [
    ...(entries.some((entry) => entry.byAddressOnly) ? ["~ the address is the user's, but others may share it"] : []),
    ...(entries.some((entry) => entry.rule !== undefined) ? ["Rules are those of the config now"] : []),
    ...(isCut ? ["There is more than is shown: narrow --since and --until"] : []),
    ...(config.accessLogBucketArn === undefined ? [] : [`The access log is in ${config.accessLogBucketArn}: not read`]),
    ...(isAttached(config) ? ["The access log is that of your distribution: not read"] : []),
    ...unread.map(({ region, why }) => `Not read, ${region}: ${why}`),
  ];
  if (entries.length === 0 && request !== undefined && unread.length === 0) throw unknownRequest(config, request);
  const none = `No log has anything about ${request === undefined ? "this user" : "this request"} between ${time(since)} and ${time(until)}.\nThe access log is some minutes late.\n`;
  return {
    json: { uids, since, until, entries, unread, isCut },
    text: (entries.length === 0 ? none : timeline(config, entries, all)) + notes.map((note) => `${note}\n`).join(""),
    ...(unread.length > 0 && { exit: "failed" as const }),
  };
}

function unknownRequest({ waf }: Config, request: string): CommandFailure {
  const blocked = waf === false ? "" : `; edgegate waf why ${request} says whether the web ACL blocked it`;
  return new CommandFailure(
    "notFound",
    `no log has the request ${request}`,
    `the access log is some minutes late; look further back with --since 30d${blocked}`,
  );
}
