/** Merges the entries of several logs into one timeline. */
import type { Config } from "../../config/schema";
import { columns, time } from "../output";
import { isOwnPath, type Entry } from "./entries";

const COLUMNS = ["time", "from", "what", "decision", "why", "request ID"];
/** Allowed requests in a row that are still listed one by one. */
const MAX_ALLOWED = 3;

/**
 * Oldest first, each request once. For a request to the gateway's own paths, the access log's data is merged into the
 * auth handler's entry.
 *
 * @param uids of the user; entries of other users are left out, unless there are no uids
 */
export function merge(config: Config, found: readonly Entry[], uids: ReadonlySet<string>): Entry[] {
  // The same line may match several patterns.
  const entries = [...new Map(found.map((entry) => [JSON.stringify(entry), entry])).values()];
  const handled = new Map(
    entries.flatMap((entry) => (entry.log === "sign-in" && entry.requestId ? [[entry.requestId, entry] as const] : [])),
  );
  const isOthers = ({ uid }: Entry) => uids.size > 0 && uid !== undefined && !uids.has(uid);
  const merged = entries.flatMap((entry) => {
    if (entry.log !== "access") return isOthers(entry) ? [] : [{ ...entry, ...requestOf(entry, entries) }];
    // The handler's line has more data, including the user.
    if (isOthers(entry) || (isOwnPath(config, entry.path) && handled.has(entry.requestId ?? ""))) return [];
    return [entry];
  });
  return merged
    .map((entry) =>
      uids.size > 0 && entry.uid === undefined && entry.log !== "control-plane"
        ? { ...entry, byAddressOnly: true }
        : entry,
    )
    .sort((a, b) => a.time - b.time);
}

/** The access log's data about a request that the handler answered. */
function requestOf({ log, requestId }: Entry, entries: readonly Entry[]): Partial<Entry> {
  if (log === "control-plane" || requestId === undefined) return {};
  const found = entries.find((entry) => entry.log === "access" && entry.requestId === requestId);
  if (!found) return {};
  const names = ["address", "country", "edge", "userAgent", "method", "host", "path"] as const;
  return Object.fromEntries(names.flatMap((name) => (found[name] === undefined ? [] : [[name, found[name]]])));
}

/** A table for people. @param all also list every allowed request */
export function timeline(config: Config, entries: readonly Entry[], all: boolean): string {
  const rows: string[][] = [];
  for (let place = 0; place < entries.length;) {
    const run = all ? 0 : allowedFrom(entries, place);
    if (run > MAX_ALLOWED) {
      const [first, last] = [entries[place]!, entries[place + run - 1]!];
      rows.push([
        time(first.time),
        from(first),
        `${run} requests until ${time(last.time).slice(11)}`,
        "allowed",
        "",
        "",
      ]);
      place += run;
    } else rows.push(row(config, entries[place++]!));
  }
  return columns(COLUMNS, rows);
}

/** How many requests from one address were allowed in a row. */
function allowedFrom(entries: readonly Entry[], place: number): number {
  const { address } = entries[place]!;
  const end = entries.findIndex(
    (entry, index) => index >= place && (entry.decision !== "allowed" || entry.address !== address),
  );
  return (end < 0 ? entries.length : end) - place;
}

function row(config: Config, entry: Entry): string[] {
  const { decision, why, status, requestId = "" } = entry;
  return [
    time(entry.time),
    from(entry),
    what(config, entry),
    status === undefined ? decision : `${decision} ${status}`,
    why,
    requestId,
  ];
}

function from({ address, country, edge, byAddressOnly }: Entry): string {
  const known = [address, country, edge].filter((part) => part !== undefined).join(" ");
  return byAddressOnly ? `~${known}` : known;
}

function what({ alternateDomains }: Config, { method, host = "", path = "" }: Entry): string {
  if (method === undefined) return path;
  return `${method} ${alternateDomains.length > 0 ? host : ""}${path}`;
}
