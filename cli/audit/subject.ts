/** The subject of an audit: the filter patterns that find it in the logs, and a test for events from elsewhere. */
import { isIP } from "node:net";
import type { AuditEvent, EventSource } from "../../audit/event";
import { usesApi } from "../../config/api-checks";
import { isAttached } from "../../config/distribution";
import type { Config } from "../../config/schema";
import { REPLICA_REGIONS } from "../../cloudfront/replica-regions";
import {
  accessLogGroupName,
  authFunctionName,
  bearerFunctionName,
  edgeLogGroupName,
  logGroupName,
  revocationConsumerFunctionName,
  revokerFunctionName,
} from "../../stacks/names";
import type { LogSource } from "./read-logs";

/** A pattern has at most 1,024 characters; an IPv6 address and its selector have about 60. */
const MAX_ADDRESSES = 8;
/** A person who signs in with several identity providers has several uids. */
const MAX_UIDS = 8;

export interface Subject {
  /** The logs with events about it. */
  sources(config: Config): LogSource[];
  /** True if an event is about it. */
  has(event: AuditEvent): boolean;
}

/** A user, by uid. A lockdown concerns every user. */
export function usersSubject(uids: readonly string[]): Subject {
  const some = uids.slice(0, MAX_UIDS);
  const isUser = some.map((uid) => `$.uid = "${uid}"`).join(" || ");
  return {
    sources: (config) => [
      ...accessLog(config, some.map((uid) => `$.viewer-request-log-data = "* ${uid}"`).join(" || ")),
      ...handlerLogs(config, isUser),
      ...controlPlaneLogs(config, `${isUser} || $.operation = "lockdown"`),
    ],
    has: ({ uid, event }) => event === "lockdown" || (uid !== undefined && some.includes(uid)),
  };
}

/**
 * The requests from these addresses that were not allowed with a session: no line about them has a uid. Invalid
 * addresses are left out, because they become part of the pattern.
 */
export function addressesSubject(addresses: readonly string[]): Subject {
  const some = addresses.filter((address) => isIP(address) !== 0).slice(0, MAX_ADDRESSES);
  const isFrom = (selector: string) => some.map((address) => `${selector} = "${address}"`).join(" || ");
  return {
    sources: (config) =>
      some.length === 0
        ? []
        : [
            ...accessLog(config, `(${isFrom("$.c-ip")}) && $.viewer-request-log-data != "allow *"`),
            ...handlerLogs(config, isFrom("$.address")),
          ],
    has: ({ source, address, outcome }) =>
      address !== undefined && some.includes(address) && !(source === "gate" && outcome.startsWith("allow ")),
  };
}

export function requestSubject(id: string): Subject {
  return {
    sources: (config) => [
      ...accessLog(config, `$.x-edge-request-id = "${id}"`),
      ...handlerLogs(config, `$.requestId = "${id}"`),
    ],
    has: ({ requestId }) => requestId === id,
  };
}

/** Empty if the access log goes to a bucket. */
function accessLog(config: Config, condition: string): LogSource[] {
  if (config.accessLogBucketArn !== undefined || isAttached(config)) return [];
  return [{ source: "gate", group: accessLogGroupName(config), region: "us-east-1", pattern: `{ ${condition} }` }];
}

/** A replica logs in the region where it runs. */
function handlerLogs(config: Config, condition: string): LogSource[] {
  const inAllRegions = (source: EventSource, name: string): LogSource[] =>
    REPLICA_REGIONS.map((region) => ({ source, group: edgeLogGroupName(name), region, pattern: `{ ${condition} }` }));
  return [
    ...inAllRegions("auth", authFunctionName(config)),
    ...(usesApi(config) ? inAllRegions("bearer", bearerFunctionName(config)) : []),
  ];
}

function controlPlaneLogs(config: Config, condition: string): LogSource[] {
  const source = (name: EventSource, functionName: string): LogSource => ({
    source: name,
    group: logGroupName(functionName),
    region: "us-east-1",
    pattern: `{ ${condition} }`,
  });
  return [
    source("revocations", revocationConsumerFunctionName(config)),
    source("revoker", revokerFunctionName(config)),
  ];
}
