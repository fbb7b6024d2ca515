/** Makes audit events from the log lines of gate, handlers and control plane. Copies only known members. */
import { EVENT_MEMBERS, EVENT_VERSION, type AuditEvent, type EventSource } from "./event";

/** Data about a line besides its text. It comes from CloudWatch, not from the writer of the line. */
export interface LineOrigin {
  /** Unique for the line. */
  id: string;
  gateway: string;
  source: EventSource;
  region: string;
  /** Unix milliseconds at which it was logged. */
  loggedAt: number;
}

export interface EventOfLine {
  event: AuditEvent;
  /** Names of members that do not have their form. They are left out of the event. */
  misfits: string[];
}

/** The outcome of a request that was answered before the gate. */
export const UNDECIDED = "undecided";

type Members = Record<string, unknown>;
/** A member of an event, and that of the line. */
type Mapping = Partial<Record<keyof AuditEvent, string>>;

/** Fields of the access log: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html */
const ACCESS: Mapping = {
  address: "c-ip",
  country: "c-country",
  edge: "x-edge-location",
  requestId: "x-edge-request-id",
  method: "cs-method",
  host: "x-host-header",
  path: "cs-uri-stem",
  userAgent: "cs(User-Agent)",
};
const HANDLER: Mapping = Object.fromEntries(
  ["outcome", "detail", "uid", "sid", "idp", "address", "requestId"].map((name) => [name, name]),
);
const OPERATION: Mapping = Object.fromEntries(
  ["outcome", "detail", "target", "uid", "sid", "by"].map((name) => [name, name]),
);
const ROTATION: Mapping = { outcome: "outcome", detail: "detail" };

/** The members of a line that become others, or none. */
const NAMES: Record<"handler" | "operation" | "rotation", readonly string[]> = {
  handler: ["endpoint", "status"],
  operation: ["operation"],
  rotation: [],
};

/** @param text a line of a log */
export function eventOfText(origin: LineOrigin, text: string): EventOfLine | undefined {
  const record = recordOf(text);
  return record && eventOf(origin, record);
}

/** Lambda writes its own lines into functions' logs; they are not JSON objects. */
export function recordOf(text: string): Members | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Members) : undefined;
  } catch {
    return undefined;
  }
}

/** @param record a line of a log, parsed */
export function eventOf(origin: LineOrigin, record: Members): EventOfLine {
  const members = { ...membersOf(origin.source, record) };
  const { facts, ...own } = members;
  const misfits: string[] = [];
  const event: Members = {
    version: EVENT_VERSION,
    id: origin.id,
    time: new Date(origin.source === "gate" ? requestedAt(record, origin.loggedAt) : origin.loggedAt).toISOString(),
    gateway: origin.gateway,
    source: origin.source,
    region: origin.region,
  };
  for (const [name, value] of Object.entries(own)) {
    if (value === undefined) continue;
    if (EVENT_MEMBERS[name as keyof AuditEvent].safeParse(value).success) event[name] = value;
    else misfits.push(name);
  }
  event["event"] ??= "unknown";
  event["outcome"] ??= "unknown";
  const fitting = Object.entries((facts ?? {}) as Members).filter(([name, value]) => {
    const fits = EVENT_MEMBERS.facts.safeParse({ [name]: value }).success;
    if (!fits) misfits.push(name);
    return fits;
  });
  if (fitting.length > 0) event["facts"] = Object.fromEntries(fitting);
  return { event: event as AuditEvent, misfits };
}

function membersOf(source: EventSource, record: Members): Members {
  switch (source) {
    case "gate":
      return gateMembers(record);
    case "auth":
    case "bearer":
    case "site":
      return {
        ...mapped(HANDLER, record),
        event: source === "auth" ? record["endpoint"] : (record["endpoint"] ?? "request"),
        status: record["status"],
        facts: others(record, HANDLER, NAMES.handler),
      };
    case "revoker":
    case "revocations":
      return {
        ...mapped(OPERATION, record),
        event: record["operation"],
        facts: others(record, OPERATION, NAMES.operation),
      };
    case "key-rotator":
      return { ...mapped(ROTATION, record), event: "rotation", facts: others(record, ROTATION, NAMES.rotation) };
  }
}

/**
 * The gate writes `deny role <uid>` and the like (docs/operations.md, "What the gate decided"); the uid and the text
 * after it become separate members. Without a decision, the request was answered before the gate: `undecided`.
 */
function gateMembers(record: Members): Members {
  const request = { ...mapped(ACCESS, record), event: "request", status: numberOf(field(record, "sc-status")) };
  const said = field(record, "viewer-request-log-data");
  if (typeof said !== "string")
    return { ...request, outcome: UNDECIDED, detail: field(record, "x-edge-detailed-result-type") };
  const [verb = "", reason, ...rest] = said.split(" ");
  const uid = rest.find((word) => EVENT_MEMBERS.uid.safeParse(word).success);
  const detail = rest.filter((word) => word !== uid).join(" ");
  return {
    ...request,
    outcome: reason === undefined ? verb : `${verb} ${reason}`,
    uid,
    ...(detail !== "" && { detail }),
  };
}

function mapped(mapping: Mapping, record: Members): Members {
  return Object.fromEntries(Object.entries(mapping).map(([name, of]) => [name, field(record, of)]));
}

/** Data without a member of its own. */
function others(record: Members, mapping: Mapping, names: readonly string[]): Members {
  const known = new Set([...Object.values(mapping), ...names]);
  return Object.fromEntries(Object.entries(record).filter(([name]) => !known.has(name)));
}

/** CloudFront writes `-` for an unknown value, and numbers as numbers or as text. */
function field(record: Members, name: string): unknown {
  const value = record[name];
  if (value === "-" || value === "" || value === null) return undefined;
  return typeof value === "number" ? String(value) : value;
}

function numberOf(value: unknown): number | undefined {
  return value === undefined ? undefined : Number(value);
}

/** CloudFront delivers its lines late, with the time of their delivery. @returns Unix milliseconds */
function requestedAt(record: Members, loggedAt: number): number {
  const at = Date.parse(`${String(record["date"])}T${String(record["time"])}Z`);
  return Number.isNaN(at) ? loggedAt : at;
}
