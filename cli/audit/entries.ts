/** Turns audit events into entries of the timeline. */
import type { AuditEvent } from "../../audit/event";
import { UNDECIDED } from "../../audit/from-line";
import type { Config } from "../../config/schema";
import { decidingRule } from "../../policy/deciding-rule";
import { describeAllow } from "../../policy/decision-table";
import { DENY_REASONS, LOGIN_REASONS, outcomeInWords } from "./words";

export interface Entry {
  /** Unix seconds. */
  time: number;
  log: "access" | "sign-in" | "bearer" | "site" | "control-plane";
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
  /** The decision, such as `allowed`, `denied` or `signed in`. */
  decision: string;
  /** The reason, in words. */
  why: string;
  /** The log's text: the gate's, or the outcome with its detail. */
  code?: string;
  /** The rule that decides such a request now, counted from 1; absent if none does. */
  rule?: number;
  /** True if only the address is known to be the user's. */
  byAddressOnly?: boolean;
}

export function entryOf(config: Config, event: AuditEvent): Entry {
  switch (event.source) {
    case "gate":
      return gateEntry(config, event);
    case "auth":
      return handlerEntry(event, "sign-in");
    case "bearer":
    case "site":
      return handlerEntry(event, event.source);
    case "revoker":
    case "revocations":
    case "key-rotator":
      return controlPlaneEntry(event);
  }
}

/** Requests to the gateway's own paths are answered by the auth handler, whose line says more. */
export function isOwnPath({ basePath }: Config, path = ""): boolean {
  return path.startsWith(`${basePath}/`);
}

function secondsOf({ time }: AuditEvent): number {
  return Math.floor(Date.parse(time) / 1000);
}

/** Members that are copied from the event. */
function common<Name extends keyof AuditEvent & keyof Entry>(event: AuditEvent, names: readonly Name[]) {
  const present = names.filter((name) => event[name] !== undefined);
  return Object.fromEntries(present.map((name) => [name, event[name]])) as Partial<Entry>;
}

function gateEntry(config: Config, event: AuditEvent): Entry {
  const { requestId, outcome, uid, detail } = event;
  const request = { method: event.method ?? "GET", host: event.host ?? config.domain, path: event.path ?? "/" };
  const status = event.status ?? 0;
  const entry = {
    time: secondsOf(event),
    log: "access" as const,
    region: event.region,
    ...common(event, ["requestId", "address", "country", "edge", "userAgent"]),
    ...request,
    status,
  };
  if (outcome !== UNDECIDED) {
    const code = [outcome, uid, detail].filter((part) => part !== undefined).join(" ");
    return { ...entry, code, ...gateDecision(config, request, event) };
  }
  if (isOwnPath(config, request.path)) return { ...entry, decision: "answered", why: "by the gateway itself" };
  const isBlocked = status === 403 || status === 429;
  return {
    ...entry,
    decision: isBlocked ? "blocked" : "not decided",
    why: isBlocked
      ? `before the gate, by the web ACL: edgegate waf why ${requestId ?? ""}`.trimEnd()
      : `CloudFront answered before the gate (${detail ?? "no result"})`,
  };
}

type Request = Pick<Required<Entry>, "method" | "host" | "path">;

/** @param event with the gate's text (docs/operations.md, "What the gate decided") */
function gateDecision(
  config: Config,
  request: Request,
  { outcome, uid }: AuditEvent,
): Pick<Entry, "decision" | "why" | "rule" | "uid"> {
  const [verb, reason = ""] = outcome.split(" ");
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
      // Without a session, the text continues with the result of the request.
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

function handlerEntry(event: AuditEvent, log: Entry["log"]): Entry {
  const { outcome, detail, idp, status = 0 } = event;
  const [decision, why] = outcomeInWords(outcome, status, detail);
  return {
    time: secondsOf(event),
    log,
    region: event.region,
    ...common(event, ["requestId", "address", "uid", "sid", "idp"]),
    path: event.event,
    status,
    decision,
    why: [why, ...(idp === undefined ? [] : [`at ${idp}`])].filter((part) => part !== "").join(", "),
    code: detail === undefined ? outcome : `${outcome} ${detail}`,
  };
}

function controlPlaneEntry(event: AuditEvent): Entry {
  const { event: operation, outcome, by, detail, target } = event;
  const done: Record<string, string> = { revoke: "revoked", lockdown: "locked down" };
  const whom = { user: "every session of the user", session: "one session", gateway: "every session of everybody" };
  const what = operation === "lockdown" ? whom.gateway : target && whom[target];
  return {
    time: secondsOf(event),
    log: "control-plane",
    region: event.region,
    ...common(event, ["uid", "sid"]),
    path: operation,
    decision: outcome === "done" ? (done[operation] ?? operation) : outcome,
    why: [what, by && `by ${by}`, detail].filter(Boolean).join(", "),
    code: `${operation} ${outcome}`,
  };
}
