/** Turns lines of the logs into entries of the timeline. */
import type { Config } from "../../config/schema";
import { decidingRule } from "../../policy/deciding-rule";
import { describeAllow } from "../../policy/decision-table";
import type { LogLine } from "./read-logs";
import { DENY_REASONS, LOGIN_REASONS, outcomeInWords } from "./words";

export interface Entry {
  /** Unix seconds. */
  time: number;
  log: LogLine["source"]["kind"];
  /** The region of the log. */
  region: string;
  requestId?: string;
  /** The request came from this address, country and edge location. */
  address?: string;
  country?: string;
  edge?: string;
  userAgent?: string;
  method?: string;
  host?: string;
  path?: string;
  status?: number;
  uid?: string;
  sid?: string;
  idp?: string;
  /** What was decided, such as `allowed`, `denied` or `signed in`. */
  decision: string;
  /** Why, in words. */
  why: string;
  /** What the log says: the gate's text, or the outcome with its detail. */
  code?: string;
  /** The rule that decides such a request now, counted from 1; absent if none does. */
  rule?: number;
  /** True if only the address is known to be the user's. */
  byAddressOnly?: boolean;
}

export function entryOf(config: Config, line: LogLine): Entry {
  const { kind } = line.source;
  if (kind === "access") return accessEntry(config, line);
  return kind === "sign-in" ? signInEntry(line) : controlPlaneEntry(line);
}

/** Requests to the gateway's own paths are answered by the auth handler, whose line says more. */
export function isOwnPath({ basePath }: Config, path = ""): boolean {
  return path.startsWith(`${basePath}/`);
}

/** CloudFront writes `-` where it knows nothing. */
function field(record: LogLine["record"], name: string): string | undefined {
  const value = record[name];
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "-" && value !== "" ? value : undefined;
}

function optional<Name extends string>(values: Record<Name, string | undefined>): Partial<Record<Name, string>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<
    Record<Name, string>
  >;
}

function accessEntry(config: Config, { source, loggedAt, record }: LogLine): Entry {
  const requested = Date.parse(`${field(record, "date")}T${field(record, "time")}Z`);
  const code = field(record, "viewer-request-log-data");
  const request = {
    method: field(record, "cs-method") ?? "GET",
    host: field(record, "x-host-header") ?? config.domain,
    path: field(record, "cs-uri-stem") ?? "/",
  };
  const status = Number(field(record, "sc-status") ?? 0);
  const requestId = field(record, "x-edge-request-id");
  const common = {
    time: Math.floor((Number.isNaN(requested) ? loggedAt : requested) / 1000),
    log: source.kind,
    region: source.region,
    ...optional({
      requestId,
      address: field(record, "c-ip"),
      country: field(record, "c-country"),
      edge: field(record, "x-edge-location"),
      userAgent: field(record, "cs(User-Agent)"),
    }),
    ...request,
    status,
  };
  if (code !== undefined) return { ...common, code, ...gateDecision(config, request, code) };
  if (isOwnPath(config, request.path)) return { ...common, decision: "answered", why: "by the gateway itself" };
  const result = field(record, "x-edge-detailed-result-type") ?? "no result";
  const isBlocked = status === 403 || status === 429;
  return {
    ...common,
    decision: isBlocked ? "blocked" : "not decided",
    why: isBlocked
      ? `before the gate, by the web ACL: edgegate waf why ${requestId ?? ""}`.trimEnd()
      : `CloudFront answered before the gate (${result})`,
  };
}

type Request = Pick<Required<Entry>, "method" | "host" | "path">;

/** @param code what the gate logged (docs/operations.md, "What the gate decided") */
function gateDecision(
  config: Config,
  request: Request,
  code: string,
): Pick<Entry, "decision" | "why" | "rule" | "uid"> {
  const [verb, reason = "", uid] = code.split(" ");
  const index = decidingRule(config.policy)(request);
  const rule = index === undefined ? undefined : config.policy[index]!;
  const shown = index !== undefined && { rule: index + 1 };
  const ruleText =
    rule === undefined ? "no rule matches now: the policy has changed" : `rule ${index! + 1}, ${rule.path}`;
  if (verb === "allow")
    return {
      decision: "allowed",
      why: `${reason === "public" ? "public" : "signed in"}: ${ruleText}`,
      ...shown,
      // Without a session, what follows is how the request went on.
      ...(reason === "session" && uid && { uid }),
    };
  if (verb === "answer") return { decision: "answered", why: "viewerRequest.before answered, without a decision" };
  if (verb === "login") return { decision: "asked to sign in", why: LOGIN_REASONS[reason] ?? reason, ...shown };
  if (reason === "rule")
    return {
      decision: "denied",
      why: rule === undefined ? "no rule allows it" : `no rule allowed it then; ${ruleText}, does now`,
      ...shown,
    };
  if (reason === "role") {
    const needs =
      rule === undefined
        ? ""
        : typeof rule.allow === "object"
          ? `needs ${describeAllow(rule.allow)}: `
          : "the policy has changed: ";
    return { decision: "denied", why: `${needs}${ruleText}`, ...shown, ...(uid && { uid }) };
  }
  return { decision: "denied", why: DENY_REASONS[reason] ?? reason };
}

function signInEntry({ source, loggedAt, record }: LogLine): Entry {
  const outcome = field(record, "outcome") ?? "none";
  const detail = field(record, "detail");
  const status = Number(field(record, "status") ?? 0);
  const [decision, why] = outcomeInWords(outcome, status, detail);
  const idp = field(record, "idp");
  return {
    time: Math.floor(loggedAt / 1000),
    log: source.kind,
    region: source.region,
    ...optional({
      requestId: field(record, "requestId"),
      address: field(record, "address"),
      uid: field(record, "uid"),
      sid: field(record, "sid"),
      idp,
    }),
    path: field(record, "endpoint") ?? "none",
    status,
    decision,
    why: [why, ...(idp === undefined ? [] : [`at ${idp}`])].filter((part) => part !== "").join(", "),
    code: detail === undefined ? outcome : `${outcome} ${detail}`,
  };
}

function controlPlaneEntry({ source, loggedAt, record }: LogLine): Entry {
  const operation = field(record, "operation") ?? "unknown";
  const outcome = field(record, "outcome") ?? "unknown";
  const by = field(record, "by");
  const detail = field(record, "detail");
  const done: Record<string, string> = { revoke: "revoked", lockdown: "locked down" };
  const what = field(record, "target") === "user" ? "every session of the user" : "one session";
  return {
    time: Math.floor(loggedAt / 1000),
    log: source.kind,
    region: source.region,
    ...optional({ uid: field(record, "uid"), sid: field(record, "sid") }),
    path: operation,
    decision: outcome === "done" ? (done[operation] ?? operation) : outcome,
    why: [operation === "lockdown" ? "every session of everybody" : what, by && `by ${by}`, detail]
      .filter(Boolean)
      .join(", "),
    code: `${operation} ${outcome}`,
  };
}
